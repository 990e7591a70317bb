"""Who wants to hear how an import goes."""

import time
from typing import Protocol, TextIO

from catalog.importing.report import BadRow

WIDTH = 30
EVERY_SECONDS = 0.1


class Writable(Protocol):
    """Takes text: a file, a command's `self.stdout`."""

    def write(self, text: str, /) -> object:
        """Write the text."""


class Progress:
    """Hears how far the import is and of each bad row; this one keeps it to itself."""

    def advanced(self, rows: int, done: float) -> None:
        """`rows` have been read, which is the part `done` (0 to 1) of the file."""

    def refused(self, row: BadRow) -> None:
        """A row did not go in."""


class ConsoleProgress(Progress):
    """Prints each bad row as it comes and, on a terminal, a bar."""

    def __init__(self, *, bad_rows: Writable, bar: TextIO) -> None:
        self.bad_rows = bad_rows
        self.bar = bar
        self.shows_bar = bar.isatty()
        self.began = time.monotonic()
        self.drawn = 0.0

    def advanced(self, rows: int, done: float) -> None:
        """Draw the bar anew, at most ten times a second."""
        now = time.monotonic()
        if self.shows_bar and (now - self.drawn >= EVERY_SECONDS or done >= 1):
            self.drawn = now
            full = "█" * int(WIDTH * done)
            speed = rows / max(now - self.began, 0.001)
            self._write(f"\r{full:░<{WIDTH}} {done:4.0%}  {rows:,} rows, {speed:,.0f}/s ")

    def refused(self, row: BadRow) -> None:
        """Print the row where the bar is not."""
        self.clear()
        self.bad_rows.write(f"{row}\n")

    def clear(self) -> None:
        """Take the bar away, so that a line can stand in its place."""
        if self.shows_bar and self.drawn:
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        self.bar.write(text)
        self.bar.flush()
