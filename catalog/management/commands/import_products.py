"""`manage.py import_products FILE`: bring products from a CSV file into the catalogue."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from catalog import importing
from catalog.importing.exporting import Writable

FAILED, UNREADABLE, STOPPED = 1, 2, 130
BAR = "{percentage:3.0f}%  {desc} {bar} {elapsed}<{remaining}"
OPTIONS = ("dry_run", "all_or_nothing", "set_stock", "batch_size")


def at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


class ConsoleProgress(importing.Progress):
    """Prints each bad row as it comes and, on a terminal, a bar."""

    def __init__(self, *, bad_rows: Writable, terminal: TextIO) -> None:
        self.bad_rows = bad_rows
        self.terminal = terminal
        # disable=None: no bar where `terminal` is none.
        self.bar = tqdm(total=1, file=terminal, disable=None, leave=False, ncols=80, bar_format=BAR)

    def advanced(self, rows: int, done: float) -> None:
        self.bar.update(done - self.bar.n)
        self.bar.set_description_str(f"{rows:,} rows", refresh=done >= 1)

    def refused(self, row: importing.BadRow) -> None:
        with tqdm.external_write_mode(file=self.terminal):
            self.bad_rows.write(f"{row}\n")


class Command(BaseCommand):
    """Prints each bad row with its line, then what was done. Exits with 0 only when every row is in."""

    help = "Import products from a CSV file: new SKUs are added, others brought up to date where the file differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8, as export_products writes it")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, report the same")
        parser.add_argument("--all-or-nothing", action="store_true", help="write nothing when any row is bad")
        parser.add_argument(
            "--set-stock",
            action="store_true",
            help="take the file's counts also for products that are there (a file is older than the sales since)",
        )
        parser.add_argument("--batch-size", type=at_least_one, default=1000, help="rows per transaction (1000)")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        asked = importing.Options(**{name: options[name] for name in OPTIONS})
        report = self.imported(file, asked)
        self.stdout.write(report.summary)
        self.explain(report, asked)
        if report.failed:
            nothing = "Nothing was imported" if report.rolled_back else "Not everything was imported"
            raise CommandError(f"{nothing}: {report.failed} of {report.rows} rows are bad.", returncode=FAILED)

    def imported(self, file: Path, options: importing.Options) -> importing.Report:
        """What became of the file; a CommandError of one line when nothing could."""
        progress = ConsoleProgress(bad_rows=self.stdout, terminal=sys.stderr)
        try:
            with file.open("rb") as opened:
                return importing.run(opened, options=options, progress=progress)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.", returncode=UNREADABLE) from error
        except importing.UnreadableFile as error:
            raise CommandError(f"{file}: {error}", returncode=UNREADABLE) from error
        except KeyboardInterrupt as error:
            text = "Stopped. Run it again to go on: what is in already stays as it is."
            raise CommandError(text, returncode=STOPPED) from error
        finally:
            progress.bar.close()

    def explain(self, report: importing.Report, options: importing.Options) -> None:
        """What the bare counts do not tell."""
        if report.stock_kept:
            kept = f"{report.stock_kept} counts of stock differ from the file's and were kept"
            self.stdout.write(f"{kept} (--set-stock takes the file's).")
        if report.archived:
            self.stdout.write(f"{report.archived} of the products are archived and stay so.")
        if options.dry_run:
            self.stdout.write("Dry run: nothing was written.")
        elif not (report.created or report.updated or report.failed):
            self.stdout.write("Nothing changed: the catalogue agrees with the file.")
