"""`manage.py verify_contract 7 8` or `--all`: prove that nothing of a contract was changed."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rentals.contracts.verifying import verify
from rentals.models import Contract


class Command(BaseCommand):
    """One line for each contract; the exit code is 1 when one of them does not hold or does not exist."""

    help = (
        "Proves contracts: text, terms, documents, events and schedule, or names the first byte or event that is off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="The number of a contract.")
        parser.add_argument("--all", action="store_true", help="Every contract.")

    def handle(self, *args: Any, **options: Any) -> None:
        ids: list[int] = options["ids"]
        if bool(ids) == options["all"]:
            raise CommandError("Give the ids of contracts, or --all.")
        possible = [pk for pk in ids if 0 < pk < 2**63]  # a larger one is more than a database can look for
        failed = self.report(None if options["all"] else possible)
        missing = sorted(set(ids) - set(Contract.objects.filter(pk__in=possible).values_list("pk", flat=True)))
        if missing:
            raise CommandError(f"There is no contract {', '.join(map(str, missing))}.")
        if failed:
            raise CommandError(f"{failed} contract{'s' if failed > 1 else ''} did not hold.")

    def report(self, ids: list[int] | None) -> int:
        """Print a line for each contract; how many do not hold."""
        failed = 0
        for contract in contracts(ids):
            proof = verify(contract)
            failed += not proof.holds
            self.stdout.write(str(proof))
        return failed


def contracts(ids: list[int] | None) -> Iterator[Contract]:
    """Those of the ids, or all, with what their proof reads; only some are in memory at a time."""
    found = Contract.objects.order_by("pk").select_related("rental")
    found = found.prefetch_related("events", "documents", "rental__installments")
    return (found if ids is None else found.filter(pk__in=ids)).iterator(chunk_size=100)
