"""What an import is asked to do and what it reports."""

from dataclasses import dataclass, field

# A file of a million bad rows must not fill the memory: `Progress.refused` gets each, the report keeps these.
KEPT_BAD_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """How to import.

    `dry_run`: write nothing, report the same. `all_or_nothing`: one bad row, and nothing is written.
    `set_stock`: the file's counts replace those of products that are there (otherwise they are kept: a file is
    older than the sales since). `keep_existing`: a product that is there stays as it is in every column.
    `batch_size`: rows that are written together, in one transaction.
    """

    dry_run: bool = False
    all_or_nothing: bool = False
    set_stock: bool = False
    keep_existing: bool = False
    batch_size: int = 1000


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that did not go in: the line of the file on which it begins, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(slots=True)
class Report:
    """How many rows did what. `stock_kept` counts products whose number of pieces differs from the file's.

    `rolled_back`: all or nothing was asked for, a row was bad, so nothing was written (the counts say what
    would have been). `bad_rows` holds the first ones; `failed` counts all.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    stock_kept: int = 0
    archived: int = 0
    rolled_back: bool = False
    bad_rows: list[BadRow] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.created + self.updated + self.unchanged + self.failed

    @property
    def summary(self) -> str:
        """The counts in one line."""
        return f"created {self.created}, updated {self.updated}, unchanged {self.unchanged}, failed {self.failed}"

    def refuse(self, row: BadRow) -> None:
        """Count a bad row."""
        self.failed += 1
        if len(self.bad_rows) < KEPT_BAD_ROWS:
            self.bad_rows.append(row)


class Progress:
    """Learns how far the import is and of each bad row; this one does nothing with it."""

    def advanced(self, rows: int, done: float) -> None:
        """`rows` have been read, which is the part `done` (0 to 1) of the file."""

    def refused(self, row: BadRow) -> None:
        """A row did not go in."""
