"""Text and documents made anew from what is stored, and where they differ from what was kept."""

from collections.abc import Sequence
from typing import Any

from django.template import TemplateDoesNotExist

from core.canonical import canonical_json, sha256
from core.templating import MissingVariable
from rentals.contracts.chain import Entry
from rentals.contracts.documents import contract_pdf, ownership_pdf, signed_pdf
from rentals.contracts.records import ownership_facts, signature_facts
from rentals.contracts.text import render_text
from rentals.models import Contract, ContractDocument

# What terms that were tampered with may raise anywhere between them and the page.
NOT_TERMS = (TemplateDoesNotExist, MissingVariable, LookupError, TypeError, ValueError, ArithmeticError)


def digest_of(value: Any) -> str:
    """The SHA-256 of a stored JSON value; empty when somebody put into it what none of ours holds."""
    try:
        return sha256(canonical_json(value))
    except TypeError:
        return ""


def written_again(contract: Contract) -> bytes | None:
    """The text anew from the terms; None when the template is gone or the terms are no terms any more."""
    try:
        return render_text(contract.terms).encode()
    except NOT_TERMS:
        return None


def where(stored: bytes, again: bytes | None) -> str:
    """The first byte that differs, in words; nothing to say when there is none or nothing to compare with."""
    offset = None if again is None else first_difference(stored, again)
    return "" if offset is None else f"; byte {offset} is the first that differs from what is written anew"


def printed_again(contract: Contract, kind: str, entries: Sequence[Entry], event: Entry) -> bytes | None:
    """The document anew; None when what it is printed from does not fit either."""
    text, terms = contract.text, contract.terms
    try:
        number = terms["number"]
        if kind == ContractDocument.Kind.CONTRACT:
            return contract_pdf(text=text, number=number, terms=terms)
        if kind == ContractDocument.Kind.OWNERSHIP:
            return ownership_pdf(text=text, number=number, terms=terms, facts=ownership_facts(event.data))
        facts = signature_facts(contract, entries[: event.number - 1])
        return signed_pdf(text=text, number=number, terms=terms, signature=facts)
    except NOT_TERMS:
        return None


def first_difference(left: bytes, right: bytes) -> int | None:
    """The offset, from 0, of the first byte in which the two differ; None when they are equal."""
    if left == right:
        return None
    pairs = zip(left, right, strict=False)
    return next((offset for offset, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
