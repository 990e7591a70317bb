"""`manage.py rotate_encryption`: seal everything under the first of ENCRYPTION_KEYS, so that the others may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.encryption import NotUnsealed, encrypted_fields, rotate


class Command(BaseCommand):
    """Leaves out what the first key sealed, so it may be stopped and run again; leaves with 1 when a row stays."""

    help = "Seal encrypted texts under the first key of ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        for model, names in encrypted_fields():
            rotated = 0
            for pk in list(model._base_manager.order_by("pk").values_list("pk", flat=True)):
                try:
                    rotated += rotate(model, names, pk)
                except NotUnsealed:
                    failed.append(f"{model._meta.label} {pk}")
            self.stdout.write(f"{model._meta.label}: {rotated} rotated")
        if failed:
            raise CommandError(f"No key of ENCRYPTION_KEYS opens {', '.join(failed)}.")
