"""A page with every mail, to look at."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.mails.preview import markdown_table, write_preview


class Command(BaseCommand):
    """Writes files and sends nothing."""

    help = "Writes a page with every kind of mail in every language, light and dark, wide and narrow."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--out", type=Path, default=settings.VAR_DIR / "mail-preview", help="the folder (var/mail-preview)"
        )

        parser.add_argument("--table", action="store_true", help="only print the table for docs/notifications.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["table"]:
            self.stdout.write(markdown_table())
            return
        folder: Path = options["out"].resolve()
        try:
            count = write_preview(folder)
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error}") from error
        self.stdout.write(f"{count} mails to look at: {(folder / 'index.html').as_uri()}")
