"""Reading tables of unknown content (TOML or JSON): each key by its reader, every mistake with its place."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from rentals.rules.packs.rules import InvalidPack

T = TypeVar("T")
REQUIRED: Any = object()  # no default: the key must be there


class Table:
    """A table whose keys are taken one by one; what is left at the end is a mistake."""

    def __init__(self, data: Any, where: str) -> None:
        """`where` stands in front of every error. InvalidPack when `data` is no table."""
        if not isinstance(data, Mapping):
            raise InvalidPack(f"{where}: must be a table.")
        self.where = where
        self._rest = dict(data)

    def take(self, key: str, read: Callable[[Any], T], default: T = REQUIRED) -> T:
        """The value of `key` as `read` makes it, or `default` when there is none. InvalidPack names the key."""
        if key not in self._rest:
            if default is REQUIRED:
                raise InvalidPack(f"{self.where}: {key} is missing.")
            return default
        try:
            return read(self._rest.pop(key))
        except ValueError as error:
            raise InvalidPack(f"{self.where}: {key} {error}") from error

    def tables(self, key: str) -> "list[Table]":
        found = self.take(key, listed)
        return [Table(data, f"{self.where}: {key} {number}") for number, data in enumerate(found, start=1)]

    def finish(self) -> None:
        if self._rest:
            raise InvalidPack(f"{self.where}: unknown key {', '.join(sorted(map(str, self._rest)))}.")


def listed(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list with at least one entry.")
    return value


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text.")
    return value.strip()


def slug(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9-]{1,20}", value):
        raise ValueError("must be up to 20 small letters, digits and hyphens.")
    return value


def texts(value: Any) -> tuple[str, ...]:
    return tuple(text(entry) for entry in listed(value))


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false.")
    return value


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}.")
        return value

    return read


def number(most: Decimal) -> Callable[[Any], Decimal]:
    """A reader of numbers (or their digits as text) from 0 to `most` with at most two decimals."""

    def read(value: Any) -> Decimal:
        wrong = ValueError(f"must be a number from 0 to {most} with at most two decimals.")
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
            raise wrong
        try:
            found = Decimal(value)
            if not 0 <= found <= most or found != round(found, 2):
                raise wrong
        except InvalidOperation:
            raise wrong from None
        return found

    return read


def day(value: Any) -> date:
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("must be a day, such as 2026-01-31.")
    return value


def one_of(names: frozenset[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"must be one of {', '.join(sorted(names))}.")
        return value

    return read
