"""Files that go with a mail. A mail's row only names them; the bytes are fetched at the moment of sending."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypedDict

from django.core.exceptions import ObjectDoesNotExist

from payments.invoices.services import document_of
from payments.models import Invoice
from rentals.contracts.services import find_document, ownership_document
from rentals.errors import DocumentNotFound
from rentals.models import ContractDocument, Rental


class MissingAttachment(Exception):
    """What a mail promises to carry is not there."""


class Reference(TypedDict):
    """How a mail's row names a file: a kind of SOURCES, the id of what it is about, and the file's name."""

    kind: str
    id: int
    name: str


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Source:
    """Where files of a kind come from: `read` gives the bytes for an id; `name` has a place for the id."""

    name: str
    mimetype: str
    read: Callable[[int], bytes]


def signed_contract(rental_id: int) -> bytes:
    """The signed copy of a rental's contract."""
    rental = Rental.objects.select_related("contract").get(pk=rental_id)
    return bytes(find_document(rental.contract, ContractDocument.Kind.SIGNED).content)


def ownership(rental_id: int) -> bytes:
    """The certificate of ownership of a completed rental."""
    rental = Rental.objects.select_related("contract", "device").get(pk=rental_id)
    return bytes(ownership_document(rental).content)


def invoice(invoice_id: int) -> bytes:
    """An invoice or a credit note."""
    return bytes(document_of(Invoice.objects.get(pk=invoice_id)).content)


SOURCES = {
    "signed_contract": Source("rental-{}-contract.pdf", "application/pdf", signed_contract),
    "invoice": Source("invoice-{}.pdf", "application/pdf", invoice),
    "ownership": Source("rental-{}-ownership.pdf", "application/pdf", ownership),
}


def reference(kind: str, subject_id: int) -> Reference:
    """What a mail's row says of the file of that kind."""
    return {"kind": kind, "id": subject_id, "name": SOURCES[kind].name.format(subject_id)}


def papers(invoices: Iterable[Invoice | None]) -> list[Reference]:
    """What a mail's row says of the invoices and credit notes that go with it, those that there are."""
    return [{"kind": "invoice", "id": one.pk, "name": one.file_name} for one in invoices if one]


def fetch(named: Reference) -> File:
    """The file with its bytes as they are now. Raises MissingAttachment."""
    source = SOURCES.get(named["kind"])
    if source is None:
        raise MissingAttachment(f"{named['name']}: nobody knows the kind {named['kind']}")
    try:
        content = source.read(named["id"])
    except (ObjectDoesNotExist, DocumentNotFound) as error:
        raise MissingAttachment(f"{named['name']} is not there: {error}") from error
    return File(name=named["name"], content=content, mimetype=source.mimetype)
