"""Transactions that survive the database's own refusals, and many rows at once."""

import functools
import time
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, OperationalError, connection, models, transaction

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)

# MySQL: deadlock found, lock wait timeout. The loser of a deadlock is rolled back whole and may try again.
RETRYABLE = {1213, 1205}
ATTEMPTS = 5
ROWS_AT_ONCE = 1000


def is_gone(error: Exception) -> bool:
    """Whether a row is missing that was there a moment ago: it is read again, or named by a foreign key."""
    dangles = isinstance(error, IntegrityError) and "foreign key" in str(error).lower()
    return dangles or isinstance(error, ObjectDoesNotExist)


def transactional(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in a transaction; when it is the outermost and loses a deadlock, run it again.

    Only for functions whose effects are all in the database.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        attempts = 1 if connection.in_atomic_block else ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == attempts or error.args[0] not in RETRYABLE:
                    raise
                time.sleep(0.02 * attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    return wrapper


def upsert(rows: Sequence[M], *, unique: Sequence[str], fields: Sequence[str]) -> None:
    """Make these rows of one model; of those that are there already, by their `unique` fields, write `fields`."""
    if rows:
        type(rows[0])._default_manager.bulk_create(
            rows,
            batch_size=ROWS_AT_ONCE,
            update_conflicts=True,
            update_fields=fields,
            unique_fields=unique if connection.features.supports_update_conflicts_with_target else None,
        )
