"""Throwaway databases beside the real one: a file in var/bench, or a MySQL database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection


@contextmanager
def throwaway(name: str) -> Iterator[None]:
    """The default connection leads to the database `bench_<name>`, migrated; it is kept for the next run."""
    real = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = made(name)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real


def made(name: str) -> str:
    """Where the database is; on MySQL it is created when it is new."""
    if connection.vendor == "sqlite":
        folder = settings.VAR_DIR / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder / f"{name}.sqlite3")
    database = f"bench_{name}"
    connection.settings_dict["NAME"] = None
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS {database} CHARACTER SET utf8mb4")
    connection.close()
    return database
