"""The chain of events of a contract: each entry hashes the one before, so none can be changed, moved or left out.

Pure functions over plain values. What a chain cannot prove by itself is its own length, therefore the contract
keeps the number of entries and the hash of the last one beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.text.canonical import canonical_json, canonical_time, sha256

# What the first entry names as the hash before it.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `number` counts from 1, `at` is a moment with its zone, `data` plain JSON without floats."""

    contract_id: int
    number: int
    kind: str
    at: datetime
    data: dict[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold: the entry's place from 1, its kind, and what is wrong."""

    number: int
    kind: str
    problem: str

    def __str__(self) -> str:
        return f"event {self.number} ({self.kind}): {self.problem}"


def entry_hash(*, contract_id: int, number: int, kind: str, at: datetime, data: Any, previous_hash: str) -> str:
    """The SHA-256 over all that an entry says, the hash before it included.

    Raises TypeError for data that has no canonical form, ValueError for a moment without a zone.
    """
    return sha256(
        canonical_json(
            {
                "at": canonical_time(at),
                "contract": contract_id,
                "data": data,
                "kind": kind,
                "number": number,
                "previous": previous_hash,
            }
        )
    )


def next_entry(*, contract_id: int, length: int, head: str, kind: str, at: datetime, data: dict[str, Any]) -> Entry:
    """The entry that follows a chain of `length` entries whose last hash is `head` (ignored while it is empty)."""
    number, previous = length + 1, head if length else GENESIS
    digest = entry_hash(contract_id=contract_id, number=number, kind=kind, at=at, data=data, previous_hash=previous)
    return Entry(contract_id, number, kind, at, data, previous, digest)


def first_break(entries: Sequence[Entry], *, length: int | None = None, head: str | None = None) -> Break | None:
    """The first place where the chain does not hold, or None.

    `entries` are in the order of their numbers. With `length` and `head`, which are kept apart from the entries,
    also a missing or added end is found.
    """
    previous = GENESIS
    for place, entry in enumerate(entries, start=1):
        if problem := _problem(entry, place=place, previous=previous):
            return Break(place, entry.kind, problem)
        previous = entry.hash
    if length is not None and length != len(entries):
        return Break(min(length, len(entries)) + 1, "end", f"{len(entries)} entries, but {length} were recorded")
    if head is not None and head != (previous if entries else ""):
        return Break(len(entries), "end", "its hash is not the recorded head of the chain")
    return None


def _problem(entry: Entry, *, place: int, previous: str) -> str:
    if entry.number != place:
        return f"it is numbered {entry.number}, so an entry is missing or moved"
    if entry.previous_hash != previous:
        return "it does not name the hash of the entry before it"
    try:
        digest = entry_hash(
            contract_id=entry.contract_id,
            number=entry.number,
            kind=entry.kind,
            at=entry.at,
            data=entry.data,
            previous_hash=entry.previous_hash,
        )
    except TypeError:
        return "its data was changed"
    return "" if digest == entry.hash else "its hash does not fit what it says"
