"""The documents print the exact text for every name there is, and the same bytes for the same input."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader

from core.documents.typeface import printable
from core.text.canonical import sha256
from rentals.contracts.chain import next_entry
from rentals.contracts.documents import OwnershipFacts, SignatureFacts, contract_pdf, ownership_pdf, signed_pdf
from rentals.contracts.lines import blocks, cells, fact
from rentals.contracts.text import render_text
from rentals.tests.factories import example_terms

SIGNED_AT = datetime(2025, 4, 1, 10, 9, 3, 12, tzinfo=UTC)
OWNED = OwnershipFacts(on=date(2026, 3, 1), serial="SN-4711-A", paid=Decimal("599.88"), early=False)


def contract(terms=None):
    """The unsigned document of the terms."""
    terms = terms or example_terms()
    return contract_pdf(text=render_text(terms), number=terms["number"], terms=terms)


def events():
    """A chain of two."""
    first = next_entry(contract_id=7, length=0, head="", kind="written", at=SIGNED_AT - timedelta(hours=1), data={})
    return [
        first,
        next_entry(
            contract_id=7, length=1, head=first.hash, kind="shown", at=SIGNED_AT - timedelta(hours=1), data={}
        ),
    ]


def signed(terms=None, **changes):
    """The signed document of the terms."""
    terms = terms or example_terms()
    text = render_text(terms)
    facts = {
        "name": "John Doe",
        "at": SIGNED_AT,
        "ip": "192.168.1.1",
        "user_agent": "Mozilla/5.0",
        "consent_version": "1",
        "text_sha256": sha256(text),
        "pdf_sha256": sha256(contract(terms)),
        "events": events(),
    }
    signature = SignatureFacts(**{**facts, **changes})
    return signed_pdf(text=text, number=terms["number"], terms=terms, signature=signature)


def ownership(facts=OWNED, terms=None):
    """The certificate."""
    terms = terms or example_terms()
    return ownership_pdf(text=render_text(terms), number=terms["number"], terms=terms, facts=facts)


ALL = {"contract": contract, "signed": signed, "ownership": ownership}


def pages(pdf):
    """The text of each page as a reader finds it, with blanks as they come."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def squeezed(text):
    """Without blanks, which a page breaks where it likes."""
    return "".join(text.split())


def all_text(pdf):
    """The whole document without blanks."""
    return squeezed("".join(pages(pdf)))


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_the_same_input_gives_the_same_bytes(make):
    assert make() == make()
    assert make().startswith(b"%PDF-")


OTHER_PROCESS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "giggatek.settings"
import django
django.setup()
from rentals.tests import test_contract_pdf as here
import hashlib
print(*(hashlib.sha256(make()).hexdigest() for make in here.ALL.values()))
"""


@pytest.mark.parametrize(
    "surroundings",
    [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1", "LC_ALL": "C"}],
)
def test_another_process_gives_the_same_bytes(surroundings):
    here = [hashlib.sha256(make()).hexdigest() for make in ALL.values()]
    run = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS],
        cwd=settings.BASE_DIR,
        env={**os.environ, "TESTING": "true", **surroundings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == here


def test_threads_do_not_mix_their_documents():
    makers = [*ALL.values()] * 4
    alone = [make() for make in makers]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(lambda make: make(), makers)) == alone
    finally:
        sys.setswitchinterval(interval)


def test_other_input_gives_other_bytes():
    terms = example_terms()
    terms["customer"]["name"] = "Jane Doe"
    assert contract(terms) != contract()
    assert signed(name="Jane Doe") != signed()
    assert signed(at=SIGNED_AT + timedelta(microseconds=1)) != signed()
    assert ownership(OwnershipFacts(OWNED.on, "SN-4711-B", OWNED.paid, OWNED.early)) != ownership()


def said(block):
    """What a block must have put on the page."""
    if block.kind == "fact":
        return [part for line in block.lines for part in fact(line)]
    if block.kind == "row":
        return [cell for line in block.lines for cell in cells(line)]
    return [line.removeprefix("- ") for line in block.lines]


@pytest.mark.parametrize("make", [contract, signed])
def test_the_document_has_every_word_of_the_text_in_its_order(make):
    page = squeezed("".join(inner(text) for text in pages(make())))
    position = 0
    for block in blocks(render_text(example_terms())):
        for words in said(block):
            position = page.index(squeezed(words), position) + len(squeezed(words))


def inner(text):
    """A page's text without header and footer."""
    lines = text.splitlines()
    return "\n".join(
        line for line in lines if "text SHA-256" not in line and not line.startswith("Rent-to-own agreement RTO")
    )


def test_each_page_has_number_count_and_the_start_of_the_hash():
    terms = example_terms()
    short = sha256(render_text(terms))[:16]
    found = pages(signed())
    assert len(found) == 4
    for number, text in enumerate(found, start=1):
        assert f"Page {number} of 4" in text
        assert f"RTO-000007  ·  text SHA-256 {short}…" in text
        assert "GigGatek" in text
        assert "Signed electronically" in text
    assert all("Not signed" in text for text in pages(contract()))


def test_the_signature_page_tells_who_when_and_whence():
    page = squeezed(pages(signed())[-1])
    text = render_text(example_terms())
    hashes = [sha256(text), sha256(contract()), *(entry.hash for entry in events())]
    for words in (*hashes, "John Doe", "2025-04-01T10:09:03.000012Z", "192.168.1.1", "Mozilla/5.0", "1. Written"):
        assert squeezed(words) in page, words
    assert "notknown" not in page
    assert squeezed("Network address not known") in squeezed(pages(signed(ip=""))[-1])


def test_the_certificate_tells_who_what_when_and_for_how_much():
    (page,) = pages(ownership())
    for words in ("Certificate of ownership", "John Doe", "Refurbished Gaming PC", "SN-4711-A", "RTO-000007",
                  "March 1, 2026", "$599.88", "with the last of 12 payments", "GigGatek",
                  sha256(render_text(example_terms()))):  # fmt: skip
        assert squeezed(words) in squeezed(page), words
    early = OwnershipFacts(on=OWNED.on, serial="", paid=Decimal("1599.88"), early=True)
    (page,) = pages(ownership(early))
    assert "by early purchase" in page
    assert "$1,599.88" in page
    assert "Serial number" not in page


def test_the_file_says_what_it_is_and_when_it_was_made():
    about = PdfReader(BytesIO(signed())).metadata
    assert (about.title, about.author) == ("Rent-to-own agreement RTO-000007", "GigGatek")
    assert about.creation_date == SIGNED_AT.replace(microsecond=0)
    assert PdfReader(BytesIO(contract())).metadata.creation_date == datetime(2025, 4, 1, tzinfo=UTC)
    assert sha256(render_text(example_terms())) in about.subject


NAMES = {
    "Zoë Müller-Łukasiewicz": "Zoë Müller-Łukasiewicz",
    "Σωκράτης": "Σωκράτης",
    "Иван Ёлкин": "Иван Ёлкин",
    "Joe\u0301": "Joé",
    "Nguyễn Thị Ánh": "Nguyễn Thị Ánh",
    "<b>Bob</b> & <i>Co</i> &amp; <font size=99>": "<b>Bob</b> & <i>Co</i> &amp; <font size=99>",
    "山田 太郎": "[U+5C71][U+7530] [U+592A][U+90CE]",
    "Fox 🦊": "Fox [U+1F98A]",
    "שלום": "[U+05E9][U+05DC][U+05D5][U+05DD]",
    "a\u200bb\u00adc": "a[U+200B]b[U+00AD]c",
    "\ud800": "[U+D800]",
}


@pytest.mark.parametrize(("name", "printed"), NAMES.items())
def test_every_name_is_printed_or_spelled_by_its_code_points(name, printed):
    assert printable(name) == printed
    terms = example_terms()
    assert squeezed(printed) in all_text(signed(name=name))
    terms["customer"]["name"] = terms["product"]["name"] = name
    if name.isascii() or name.encode(errors="ignore"):
        assert all_text(contract(terms)).count(squeezed(printed)) == 2
        assert all_text(ownership(terms=terms)).count(squeezed(printed)) == 2


@pytest.mark.parametrize("length", [120, 5000])
def test_a_word_without_end_wraps_and_stays_whole(length):
    terms = example_terms()
    terms["delivery"]["address"] = "W" * length
    assert all_text(contract(terms)).count("W") >= length
    assert len(pages(contract(terms))) >= 3


def test_a_long_schedule_repeats_its_head_on_each_page():
    payment = example_terms()["payments"][0]
    many = [{**payment, "number": number} for number in range(1, 121)]
    found = pages(contract(example_terms(payments=many)))
    heads = [text for text in found if "To own it then" in text]
    assert len(heads) >= 3
    assert f"Page 1 of {len(found)}" in found[0]


def test_a_shop_without_address_and_with_a_long_name_fits():
    shop = {"name": "The Honourable Company of Refurbishers " * 3, "address": ""}
    assert pages(contract(example_terms(shop=shop)))
    assert pages(ownership(terms=example_terms(shop=shop)))
