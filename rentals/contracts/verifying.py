"""The proof of a contract: everything that is stored of it fits together, and is what the customer signed.

The chain of events is proven first, since it holds the checksums that everything else is measured by. What no row can
prove about itself is that it was not rewritten all at once, with write access: against that stand the signed
copy in the customer's mail, with its hashes, and backups.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.template import TemplateDoesNotExist

from core.text.canonical import canonical_json, sha256
from core.text.templating import MissingVariable
from rentals.contracts.chain import Entry, first_break
from rentals.contracts.documents import contract_pdf, ownership_pdf, signed_pdf
from rentals.contracts.records import entries_of, ownership_facts, signature_facts
from rentals.contracts.text import has_template, render_text
from rentals.models import Contract, ContractDocument, ContractEvent

Kind = ContractEvent.Kind
# In this order and each once, except that a copy is sent and ownership passes in either order.
ORDER = (Kind.WRITTEN, Kind.SHOWN, Kind.SIGNED)
# Each document, the event that wrote it, and where in the event's data its checksum stands.
DOCUMENTS = (
    (ContractDocument.Kind.CONTRACT, Kind.WRITTEN, "pdf_sha256"),
    (ContractDocument.Kind.SIGNED, Kind.SIGNED, "signed_pdf_sha256"),
    (ContractDocument.Kind.OWNERSHIP, Kind.OWNED, "ownership_pdf_sha256"),
)
# What of the rental must be what its contract says.
FIGURES = ("currency", "monthly_rate", "total_months", "total_amount", "cash_price", "start_date", "end_date")


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome for one contract. `problem` is the first thing that does not fit, empty when all does."""

    contract_id: int
    problem: str
    summary: str

    @property
    def holds(self) -> bool:
        return not self.problem

    def __str__(self) -> str:
        if self.holds:
            return f"Contract {self.contract_id} holds: {self.summary}"
        return f"Contract {self.contract_id} does not hold: {self.problem}"


def verify(contract: Contract) -> Proof:
    """Prove a contract, or name the first event or byte that does not fit. It reads, and changes nothing."""
    entries = entries_of(contract)
    problem = next(problems(contract, entries), "")
    return Proof(
        contract.pk, problem, f"{_state(contract)}, {len(entries)} events, text SHA-256 {contract.text_sha256}"
    )


def problems(contract: Contract, entries: list[Entry]) -> Iterator[str]:
    """All that does not fit. What comes after the first may be its consequence."""
    if broken := first_break(entries, length=contract.chain_length, head=contract.chain_head):
        yield str(broken)
        return
    if strange := _strange_order([entry.kind for entry in entries]):
        yield strange
        return
    facts = {entry.kind: entry for entry in entries}
    yield from _terms_and_text(contract, facts)
    yield from _row(contract, facts)
    yield from _documents(contract, entries, facts)
    yield from _rental(contract, facts)


def _state(contract: Contract) -> str:
    return f"signed by {contract.signer_name}" if contract.is_signed else "not signed"


def _strange_order(kinds: list[str]) -> str:
    rest = kinds[len(ORDER) :]
    if kinds and kinds[: len(ORDER)] == list(ORDER[: len(kinds)]) and len(set(rest)) == len(rest):
        return ""
    return f"the events are not those of a contract: {', '.join(kinds) or 'there are none'}"


def _terms_and_text(contract: Contract, facts: dict[str, Entry]) -> Iterator[str]:
    recorded = facts[Kind.WRITTEN].data
    digest, again = sha256(contract.text), written_again(contract)
    if digest_of(contract.terms) != recorded.get("terms_sha256"):
        yield f"terms: their SHA-256 is not the recorded one{where(contract.text.encode(), again)}"
    for kind in (Kind.WRITTEN, Kind.SHOWN, Kind.SIGNED):
        if kind in facts and facts[kind].data.get("text_sha256") != digest:
            yield f"text: its SHA-256 is not that of the event {kind}{where(contract.text.encode(), again)}"
    if again is None and has_template(contract.terms["template"]):
        yield "text: its terms cannot be put into the words of its template any more"
    if again is not None and again != contract.text.encode():
        yield f"text: its terms give another text now{where(contract.text.encode(), again)}"


def _row(contract: Contract, facts: dict[str, Entry]) -> Iterator[str]:
    """The contract's own columns, which repeat what terms and events say."""
    template, written, signed = contract.terms["template"], facts[Kind.WRITTEN], facts.get(Kind.SIGNED)
    said = signed.data if signed else {}
    expected = {
        "rental_id": contract.terms["rental_id"],
        "template_version": template["version"],
        "language": template["language"],
        "jurisdiction": template["jurisdiction"],
        "text_sha256": written.data.get("text_sha256"),
        "pdf_sha256": written.data.get("pdf_sha256"),
        "created_at": written.at,
        "signed_at": signed.at if signed else None,
        "signer_name": said.get("signer_name", ""),
        "signature_ip": said.get("ip"),
        "user_agent": said.get("user_agent", ""),
        "consent_version": said.get("consent_version", ""),
    }
    for name, value in expected.items():
        if getattr(contract, name) != value:
            yield f"{name}: it is {getattr(contract, name)}, but {value} was recorded"


def _documents(contract: Contract, entries: list[Entry], facts: dict[str, Entry]) -> Iterator[str]:
    stored = {document.kind: document for document in contract.documents.all()}
    for kind, event, key in DOCUMENTS:
        document = stored.pop(kind, None)
        if (document is None) != (event not in facts):
            yield f"document {kind}: it is {'missing' if document is None else 'there, but no event tells of it'}"
        elif document is not None:
            yield from _document(contract, document, entries, facts[event], key)
    yield from (f"document {kind}: no such kind is known" for kind in stored)


def _document(
    contract: Contract, document: ContractDocument, entries: list[Entry], event: Entry, key: str
) -> Iterator[str]:
    recorded, content = event.data.get(key), bytes(document.content)
    if sha256(content) != recorded:
        again = printed_again(contract, document.kind, entries, event)
        known = again if again is not None and sha256(again) == recorded else None
        yield f"document {document.kind}: its SHA-256 is not the recorded one{where(content, known)}"
    if document.sha256 != recorded:
        yield f"document {document.kind}: the SHA-256 beside it is not that of the event {event.kind}"
    if document.created_at != event.at:
        yield f"document {document.kind}: its time is not that of the event {event.kind}"


def _rental(contract: Contract, facts: dict[str, Entry]) -> Iterator[str]:
    """The rental's figures, its rules and its schedule."""
    rental, terms = contract.rental, contract.terms
    for name in FIGURES:
        if str(getattr(rental, name)) != str(terms[name]):
            yield f"rental: its {name} is {getattr(rental, name)}, but the contract says {terms[name]}"
    if digest_of(rental.pack) != facts[Kind.WRITTEN].data.get("rules_sha256"):
        yield "rental: its rules are not those that the contract was written under"
    yield from _schedule(contract)


def _schedule(contract: Contract) -> Iterator[str]:
    rows = sorted(contract.rental.installments.all(), key=lambda row: row.number)
    agreed = contract.terms["payments"]
    if len(rows) != len(agreed):
        yield f"schedule: {len(rows)} installments, but the contract has {len(agreed)} payments"
    for row, payment in zip(rows, agreed, strict=False):
        for name in ("number", "due_date", "amount"):
            if str(getattr(row, name)) != str(payment[name]):
                yield (
                    f"installment {payment['number']}: its {name} is {getattr(row, name)}, "
                    f"but the contract says {payment[name]}"
                )


# What terms that were tampered with may raise anywhere between them and the page.
NOT_TERMS = (TemplateDoesNotExist, MissingVariable, LookupError, TypeError, ValueError, ArithmeticError)


def digest_of(value: Any) -> str:
    """The SHA-256 of a stored JSON value; empty when it holds what no value of ours does."""
    try:
        return sha256(canonical_json(value))
    except TypeError:
        return ""


def written_again(contract: Contract) -> bytes | None:
    """The text anew from the terms; None when the template is gone or the terms were tampered with."""
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
