"""Contract, signed contract and certificate of ownership as PDF bytes, the same for the same input."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import dateformat, translation
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, PageBreak, Paragraph, Spacer

from core.documents.pages import ACCENT, BOLD, CENTERED, HEADING, ITEM, MUTED, PROSE, TITLE, Sheet, build
from core.documents.tables import facts_table, grid
from core.documents.typeface import markup
from core.text import money, one_line
from core.text.canonical import canonical_time, sha256
from rentals.contracts.chain import Entry
from rentals.contracts.lines import Block, blocks, cells, fact
from rentals.contracts.terms import ContractTerms

BIG = ParagraphStyle("big", CENTERED, fontName=BOLD, fontSize=24, leading=32, textColor=ACCENT, spaceAfter=16)
NAME = ParagraphStyle("name", CENTERED, fontName=BOLD, fontSize=16, leading=22, spaceBefore=8, spaceAfter=8)
SIGNED = ParagraphStyle("signed", PROSE, fontName=BOLD, fontSize=14, leading=19, spaceBefore=10, spaceAfter=12)
SMALL = ParagraphStyle("small", CENTERED, fontSize=8, leading=11.5, textColor=MUTED)
EVENTS = {"written": "Written", "shown": "Shown to the customer", "signed": "Signed", "copy_sent": "Copy sent"}


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What the signature page says.

    `text_sha256` is of the text, `pdf_sha256` of the unsigned document, `events` the chain before the signature.
    """

    name: str
    at: datetime
    ip: str
    user_agent: str
    consent_version: str
    text_sha256: str
    pdf_sha256: str
    events: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class OwnershipFacts:
    """What the certificate says: since when the product is the customer's, and what they paid for it in all.

    `serial` is the device's, which may be known only since it was sent; `early` says that it was bought early.
    """

    on: date
    serial: str
    paid: Decimal
    early: bool


def contract_pdf(*, text: str, number: str, terms: ContractTerms) -> bytes:
    sheet = _sheet(
        text, number, terms, title="Rent-to-own agreement", at=_midnight(terms["made_on"]), note="Not signed"
    )
    return build(sheet=sheet, story=story_of(text))


def signed_pdf(*, text: str, number: str, terms: ContractTerms, signature: SignatureFacts) -> bytes:
    sheet = _sheet(text, number, terms, title="Rent-to-own agreement", at=signature.at, note="Signed electronically")
    return build(sheet=sheet, story=[*story_of(text), PageBreak(), *_signature_page(number, signature)])


def ownership_pdf(*, text: str, number: str, terms: ContractTerms, facts: OwnershipFacts) -> bytes:
    """The certificate of ownership; `text` is the contract's, whose hash it names."""
    sheet = _sheet(
        text, number, terms, title="Certificate of ownership", at=_midnight(facts.on.isoformat()), framed=True
    )
    return build(sheet=sheet, story=_certificate(sheet, terms, facts))


def _sheet(
    text: str, number: str, terms: ContractTerms, *, title: str, at: datetime, note: str = "", framed: bool = False
) -> Sheet:
    shop = one_line(terms["shop"]["name"])
    return Sheet(title=title, shop=shop, number=number, made_at=at, digest=sha256(text), note=note, framed=framed)


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def _long(day: date) -> str:
    with translation.override("en"):
        return dateformat.format(day, "F j, Y")


def _moment(at: datetime) -> str:
    return f"{canonical_time(at)[:19].replace('T', ' ')} UTC"


def _signature_page(number: str, signature: SignatureFacts) -> list[Flowable]:
    name = one_line(signature.name)
    facts = [
        ("Contract", number),
        ("Signed by", name),
        ("Time", canonical_time(signature.at)),
        ("Network address", signature.ip or "not known"),
        ("Browser", one_line(signature.user_agent) or "not known"),
        ("Consent version", signature.consent_version),
        ("SHA-256 of the text", signature.text_sha256),
        ("SHA-256 of the PDF shown", signature.pdf_sha256),
    ]
    words = (
        f"{name} signed this agreement electronically on {_moment(signature.at)} and consented to electronic records "
        "in the words of section 11. This page was added by the signature; the text before it is the one whose "
        "checksum stands here, byte for byte."
    )
    return [
        Paragraph("SIGNATURE", TITLE),
        Paragraph(markup(words), PROSE),
        Paragraph(markup(f"/s/ {name}"), SIGNED),
        facts_table(facts),
        Paragraph("WHAT HAPPENED BEFORE", HEADING),
        Paragraph(
            "Each hash covers the event and the hash before it, so that no event can be changed or left out.", PROSE
        ),
        facts_table([_event_fact(entry) for entry in signature.events]),
    ]


def _event_fact(entry: Entry) -> tuple[str, str]:
    return f"{entry.number}. {EVENTS.get(entry.kind, entry.kind)}", f"{_moment(entry.at)} {entry.hash}"


def _certificate(sheet: Sheet, terms: ContractTerms, facts: OwnershipFacts) -> list[Flowable]:
    product, customer = terms["product"], one_line(terms["customer"]["name"])
    how = "by early purchase" if facts.early else f"with the last of {terms['total_months']} payments"
    rows = [
        ("Product", one_line(product["name"])),
        ("SKU", one_line(product["sku"])),
        ("Serial number", one_line(facts.serial)),
        ("Contract", f"{sheet.number}, made on {_long(date.fromisoformat(terms['made_on']))}"),
        ("Owned since", _long(facts.on)),
        ("Acquired", how),
        ("Paid in all", money(facts.paid, terms["currency"])),
    ]
    return [
        Spacer(1, 60),
        Paragraph(markup(sheet.shop), NAME),
        Spacer(1, 42),
        Paragraph("Certificate of ownership", BIG),
        Spacer(1, 10),
        Paragraph("This certifies that", CENTERED),
        Paragraph(markup(customer), NAME),
        Paragraph("is the owner of the product named below, free of any claim of ours.", CENTERED),
        Spacer(1, 34),
        facts_table([(label, value) for label, value in rows if value]),
        Spacer(1, 44),
        Paragraph(markup(f"Issued by {sheet.shop} on {_long(facts.on)}"), CENTERED),
        Paragraph(markup(one_line(terms["shop"]["address"])), SMALL),
        Paragraph(f"SHA-256 of the contract's text: {sheet.digest}", SMALL),
    ]


def story_of(text: str) -> list[Flowable]:
    """The whole text of a contract; its first line is the title."""
    title, _, rest = text.partition("\n")
    return [
        Paragraph(markup(title), TITLE),
        *(piece for block in blocks(rest) for piece in PIECES[block.kind](block)),
    ]


def _heading(block: Block) -> list[Flowable]:
    return [Paragraph(markup(block.lines[0]), HEADING)]


def _prose(block: Block) -> list[Flowable]:
    return [Paragraph(markup(block.lines[0]), PROSE)]


def _items(block: Block) -> list[Flowable]:
    return [Paragraph(markup(line[2:]), ITEM, bulletText="•") for line in block.lines]


def _facts(block: Block) -> list[Flowable]:
    return [facts_table([fact(line) for line in block.lines])]


def _rows(block: Block) -> list[Flowable]:
    return [grid([cells(line) for line in block.lines])]


PIECES: dict[str, Callable[[Block], list[Flowable]]] = {
    "heading": _heading,
    "prose": _prose,
    "item": _items,
    "fact": _facts,
    "row": _rows,
}
