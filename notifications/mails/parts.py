"""What several mails have in common, and the values that their examples share."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypedDict
from urllib.parse import quote

from core.api.faces import FACES, SHOP
from notifications.mails.wording import localized_money
from notifications.outbox.attachments import Reference, Source
from payments.invoices.services import document_of
from payments.models import Invoice
from rentals.contracts.services import find_document, ownership_document
from rentals.models import ContractDocument, Rental

# The first word of a carrier's name, in small letters, and the page that shows a parcel by its number.
CARRIERS = {
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "dhl": "https://www.dhl.com/en/express/tracking.html?AWB={}",
}

# Of the examples.
ADDRESS = ["Ada Lovelace", "123 Main St", "San Francisco, CA 94107", "US"]
PRODUCT = "ThinkPad X1 Carbon Gen 9, 14 inch, 32 GB, 1 TB SSD, French keyboard"
SERIAL = "PF-2N7K-0042"
MAY_DAY = date(2027, 5, 1)
INVOICE = "2027-000411"


def usd(amount: str) -> str:
    """A sum of dollars, for examples."""
    return localized_money(Decimal(amount), "USD")


def at(day: int, hour: int = 14, minute: int = 5) -> datetime:
    """A moment in May 2027, for examples."""
    return datetime(2027, 5, day, hour, minute, tzinfo=UTC)


def page(path: str, *, face: str = SHOP.name) -> str:
    """A page of the site of this face."""
    return f"{FACES[face].setting('site')}/{path}"


class Parcel(TypedDict):
    """Who carries a parcel, under which number, and where to follow it; "" for what is not known."""

    carrier: str
    tracking_number: str
    tracking_url: str


def parcel(*, carrier: str, tracking_number: str) -> Parcel:
    url = tracking_url(carrier=carrier, number=tracking_number)
    return {"carrier": carrier, "tracking_number": tracking_number, "tracking_url": url}


def tracking_url(*, carrier: str, number: str) -> str:
    """The page that shows where the parcel is; "" when the carrier is not known here or there is no number.

    A carrier is known by the first word of its name: `UPS Ground`, `FedEx`, `DHL Express`.
    """
    address = CARRIERS.get(carrier.strip().lower().split(" ")[0])
    return address.format(quote("".join(number.split()), safe="")) if address and number.strip() else ""


def invoice_file(invoice_id: int) -> bytes:
    return bytes(document_of(Invoice.objects.get(pk=invoice_id)).content)


def signed_contract(rental_id: int) -> bytes:
    rental = Rental.objects.select_related("contract").get(pk=rental_id)
    return bytes(find_document(rental.contract, ContractDocument.Kind.SIGNED).content)


def ownership(rental_id: int) -> bytes:
    rental = Rental.objects.select_related("contract", "device").get(pk=rental_id)
    return bytes(ownership_document(rental).content)


INVOICE_FILE = Source("invoice", "invoice-{}.pdf", invoice_file)
SIGNED_CONTRACT = Source("signed_contract", "rental-{}-contract.pdf", signed_contract)
OWNERSHIP = Source("ownership", "rental-{}-ownership.pdf", ownership)


def document_attachments(invoice: Invoice | None) -> list[Reference]:
    """The attachments of a mail with this invoice or credit note; none without it."""
    return [INVOICE_FILE.reference(invoice.pk, name=invoice.file_name)] if invoice else []


def number_of(invoice: Invoice | None) -> str:
    """The number of an invoice or credit note; "" for none."""
    return invoice.number if invoice else ""
