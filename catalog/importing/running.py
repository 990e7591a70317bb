"""An import from end to end: read, judge each row, write batch by batch."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from typing import BinaryIO

from django.conf import settings
from django.db import reset_queries, transaction

from catalog.importing import saving
from catalog.importing.columns import COLUMNS, Row, parse_row
from catalog.importing.reading import Lines, check_header, records
from catalog.importing.report import BadRow, Options, Progress, Report
from catalog.importing.values import BadValue

# Rows of long texts make smaller batches: one must fit into MySQL's default packet of 16 MiB, 12 bytes a character.
BATCH_CHARACTERS = 1_000_000


def run(file: BinaryIO, *, options: Options | None = None, progress: Progress | None = None) -> Report:
    """Import products from a CSV file in UTF-8 whose first line names the columns `columns.COLUMNS`.

    Products are distinguished by SKU: new ones are made, others brought up to date where the file differs. A bad
    row is reported and left out. Each batch is one transaction, so after a crash the import is simply run again;
    with `all_or_nothing` the whole file is one. Memory does not grow with the file.
    Raises UnreadableFile, before anything is written, when the file as a whole is none of this.
    """
    with closing(Import(file, options or Options(), progress or Progress())) as importing:
        return importing.run()


class Import:
    def __init__(self, file: BinaryIO, options: Options, progress: Progress) -> None:
        self.file = file
        self.size = size_of(file)
        self.options = options
        self.progress = progress
        self.report = Report()
        self.seen = SeenSkus()
        self.lines = Lines(file)

    def close(self) -> None:
        """Let go of the file and remove what was noted on disk."""
        self.lines.close()
        self.seen.close()

    def run(self) -> Report:
        """Import the file; what became of it."""
        with self.transaction():
            for rows in self.batches():
                self.process(rows)
            if self.options.all_or_nothing and self.report.failed:
                self.roll_back()
        self.progress.advanced(self.report.rows, 1)
        return self.report

    def transaction(self) -> AbstractContextManager[None]:
        """One around everything for all or nothing; otherwise each batch has its own."""
        if self.options.all_or_nothing and not self.options.dry_run:
            return transaction.atomic()
        return nullcontext()

    def roll_back(self) -> None:
        self.report.rolled_back = True
        if not self.options.dry_run:
            transaction.set_rollback(True)

    def process(self, rows: list[Row]) -> None:
        """Count the rows and write what differs, unless it is clear that nothing is to be written."""
        planned = saving.plan_rows(rows, options=self.options, report=self.report, refuse=self.refuse)
        lost = self.options.all_or_nothing and self.report.failed
        if not self.options.dry_run and not lost:
            saving.write_plan(planned, set_stock=self.options.set_stock)
        if settings.DEBUG:
            # Django keeps the text of every query then.
            reset_queries()
        self.progress.advanced(self.report.rows, self.done())

    def batches(self) -> Iterator[list[Row]]:
        rows: list[Row] = []
        characters = 0
        for row, length in self.rows():
            rows.append(row)
            characters += length
            if len(rows) >= self.options.batch_size or characters >= BATCH_CHARACTERS:
                yield rows
                rows, characters = [], 0
        yield rows

    def rows(self) -> Iterator[tuple[Row, int]]:
        """The good rows with their length in characters; the bad ones go to the report and to `progress`."""
        found = records(self.lines)
        names = check_header(next(found, None), COLUMNS)
        for line, cells, problem in found:
            try:
                if problem:
                    raise BadValue(problem)
                row = parse_row(line, names, cells)
                self.refuse_repeated(row)
            except BadValue as reason:
                self.refuse(BadRow(line, str(reason)))
            else:
                yield row, sum(map(len, cells))

    def refuse_repeated(self, row: Row) -> None:
        """Raise BadValue for a SKU that a good row before this one has."""
        if earlier := self.seen.earlier_line(row.sku, row.line):
            raise BadValue(f"sku: {row.sku} stands on line {earlier} already")

    def refuse(self, row: BadRow) -> None:
        self.report.refuse(row)
        self.progress.refused(row)

    def done(self) -> float:
        """The part of the file that has been read; 0 for a pipe, whose end is unknown."""
        return min(self.file.tell() / self.size, 1) if self.size else 0


def size_of(file: BinaryIO) -> int:
    """How many bytes there are to read, 0 when that cannot be known."""
    if not file.seekable():
        return 0
    here = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(here)
    return end


class SeenSkus:
    """SKUs by the line that named them first. Case does not count, as it does not to MySQL's unique index."""

    def __init__(self) -> None:
        # An empty name is a private file that SQLite makes and removes by itself.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("CREATE TABLE seen (sku TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def earlier_line(self, sku: str, line: int) -> int | None:
        """The line that has this SKU already; else None, and from now on it is `line`."""
        key = sku.upper()
        if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)).rowcount:
            return None
        return int(self._database.execute("SELECT line FROM seen WHERE sku = ?", (key,)).fetchone()[0])

    def close(self) -> None:
        self._database.close()
