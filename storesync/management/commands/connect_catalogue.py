"""`manage.py connect_catalogue --operator NAME [--sku-prefix …]`: make our own catalogue a store of the hub."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from storesync.catalogue import connect_catalogue
from storesync.models import Operator
from storesync.models.operator import username_key


class Command(BaseCommand):
    help = "Connects our own catalogue to a user's ERP: orders become sales, and the ERP's stock sets the counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--operator", required=True, metavar="NAME", help="whose ERP has the products")
        parser.add_argument("--sku-prefix", default="", help="how the SKUs of the products begin; all, unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = Operator.objects.filter(username_key=username_key(options["operator"])).first()
        if operator is None:
            raise CommandError("There is no user of the hub with this name.")
        try:
            connection = connect_catalogue(user=operator.user, sku_prefix=options["sku_prefix"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Connected as {connection.pk}: products whose SKU begins with {connection.sku_prefix!r}.")
