"""`manage.py rotate_sync_keys`: `rotate_encryption` by the name that it has in the hub's contract."""

from core.management.commands.rotate_encryption import Command

__all__ = ["Command"]
