"""`manage.py export_products [FILE]`: write the catalogue as the CSV file that import_products reads."""

import os
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog import importing
from catalog.models import Product
from catalog.models.querysets import ProductQuerySet


class Command(BaseCommand):
    """Writes to a file or, without one, to the standard output. Importing it again changes nothing."""

    help = "Export products as the CSV file that import_products reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="where to write; - or nothing: standard output")
        parser.add_argument("--all", action="store_true", help="archived products too")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        products = Product.objects.all() if options["all"] else Product.objects.on_sale()
        if file == "-":
            # Who reads only the beginning (head) closes the pipe early, and that is no error.
            with suppress(BrokenPipeError):
                importing.write_products(products, self.stdout)
            return
        try:
            number = write_whole(products, Path(file))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error
        self.stdout.write(f"exported {number} products to {file}")


def write_whole(products: ProductQuerySet, target: Path) -> int:
    """Write the file under another name first, so that half of it is never found; the number of products in it."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as opened:
            number = importing.write_products(products, opened)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return number
