"""The records of a CSV file, streamed, each with the line on which it begins."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

# Longer than any twelve fields that the csv module takes (128 KiB each): the rest of such a line is dropped
# unread, so that a file without line ends does not fill the memory.
MAX_LINE = 2_000_000
# A record beyond either of these is no product, but a quote that is never closed.
MAX_RECORD_LINES = 1000
MAX_RECORD = MAX_LINE


class UnreadableFile(Exception):
    """The file as a whole cannot be imported; the text says why, for people."""


class Record(NamedTuple):
    """The cells of a record, or the problem which kept it from being read."""

    line: int
    cells: list[str]
    problem: str | None = None


class Lines:
    """The lines of a UTF-8 file, a BOM or not; bytes that are not UTF-8 become lone surrogates.

    Remembers the lines since `mark`, so that a record that went wrong can be given up and the reading go on with
    the line after the one on which it began.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._again: deque[str] = deque()
        self._since_mark: list[str] = []
        self._length = 0
        self.number = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        if len(self._since_mark) >= MAX_RECORD_LINES or self._length > MAX_RECORD:
            raise csv.Error("its end is not found; a quote may be missing")
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self._since_mark.append(line)
        self._length += len(line)
        return line

    def mark(self) -> int:
        """Forget the lines so far; the number of the next one."""
        self._since_mark.clear()
        self._length = 0
        return self.number + 1

    def back_to_second(self) -> None:
        """Go back to the line after the marked one."""
        repeated = self._since_mark[1:]
        self._again.extendleft(reversed(repeated))
        self.number -= len(repeated)

    def close(self) -> None:
        """Let go of the file, which stays open."""
        self._text.detach()

    def _read(self) -> str:
        line = rest = self._text.readline(MAX_LINE)
        while len(rest) == MAX_LINE and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(MAX_LINE)
        return line


def records(lines: Lines) -> Iterator[Record]:
    """Every record that is not an empty line.

    A quote that is never closed would swallow the rows after it; such a record is given up alone.
    """
    reader = csv.reader(lines, strict=True)
    while True:
        start = lines.mark()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.back_to_second()
            yield Record(start, [], f"not readable as CSV: {error}")
            continue
        if cells:
            yield Record(start, cells)


def check_header(found: Record | None, expected: tuple[str, ...]) -> list[str]:
    """The names of the columns in the order of the file. Raises UnreadableFile, naming what is wrong."""
    if found is None:
        raise UnreadableFile("The file is empty.")
    names = [name.strip() for name in found.cells]
    if found.problem or not is_text("".join(names)):
        raise UnreadableFile("The file is not a CSV file in UTF-8: its first line cannot be read.")
    problems = [
        *column_problem("missing", [name for name in expected if name not in names]),
        *column_problem("unknown", [name for name in dict.fromkeys(names) if name not in expected]),
        *column_problem("repeated", [name for name in expected if names.count(name) > 1]),
    ]
    if problems:
        raise UnreadableFile(f"The first line must name the columns: {'; '.join(problems)}.")
    return names


def column_problem(what: str, names: list[str]) -> list[str]:
    """One phrase about these columns, or none; a long one is cut, for anything can stand in a first line."""
    text = "".join(char if char.isprintable() else "?" for char in ", ".join(names)[:300])
    return [f"{what} {text or repr('')}"] if names else []


def is_text(text: str) -> bool:
    """Whether the text came from valid UTF-8 and holds no NUL."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
