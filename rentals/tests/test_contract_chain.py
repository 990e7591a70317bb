"""The chain holds what happened, once each and in order; no link can be changed, moved or left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from core.testing.races import race
from core.text.canonical import canonical_json, canonical_time, sha256
from rentals.contracts.chain import GENESIS, entry_hash, first_break, next_entry
from rentals.contracts.drafting import CONSENT_VERSION
from rentals.contracts.records import entries_of
from rentals.contracts.services import (
    AlreadySigned,
    NoSigner,
    NotShown,
    OtherConsent,
    contract_document,
    ownership_document,
    record_copy_sent,
    record_shown,
    sign,
)
from rentals.contracts.verifying import verify
from rentals.errors import DocumentNotFound
from rentals.lifecycle.creating import create_rental
from rentals.models import Contract, ContractDocument, ContractEvent, Rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import fresh, pay

AT = datetime(2025, 4, 1, 10, 0, 0, 7, tzinfo=UTC)
BROWSER = {"ip": "192.0.2.7", "user_agent": "Mozilla/5.0"}


def chain(*kinds):
    """Entries of those kinds, a minute apart."""
    entries, head = [], ""
    for length, kind in enumerate(kinds):
        at = AT + timedelta(minutes=length)
        entry = next_entry(contract_id=7, length=length, head=head, kind=kind, at=at, data={"step": length})
        entries.append(entry)
        head = entry.hash
    return entries


# --- Canonical forms


def test_the_canonical_form_is_this_one():
    assert canonical_json({"b": [1, True, None], "a": "é\n"}) == b'{"a":"\xc3\xa9\\n","b":[1,true,null]}'
    assert canonical_time(AT) == "2025-04-01T10:00:00.000007Z"
    assert canonical_time(AT.astimezone(timezone(timedelta(hours=9)))) == "2025-04-01T10:00:00.000007Z"
    assert canonical_time(AT.replace(microsecond=0)) == "2025-04-01T10:00:00.000000Z"


@pytest.mark.parametrize(
    "value", [1.0, {"a": 1.5}, [float("nan")], {"a": [{"b": 2.0}]}, {1: "a"}, {"a": AT}, {"a": {1}}]
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


def test_a_moment_without_a_zone_has_none():
    with pytest.raises(ValueError, match="zone"):
        canonical_time(AT.replace(tzinfo=None))


def test_the_hash_of_an_entry_never_changes_between_releases():
    """Computed by hand from the canonical form; another value here would break every stored chain."""
    spelled = (
        '{"at":"2025-04-01T10:00:00.000007Z","contract":7,"data":{"a":"é"},"kind":"written","number":1,'
        f'"previous":"{"0" * 64}"}}'
    )
    found = entry_hash(contract_id=7, number=1, kind="written", at=AT, data={"a": "é"}, previous_hash=GENESIS)
    assert found == sha256(spelled) == "f64f81a7121ad2a990fba5b9e0409607ae66c54e70c4d62e539b487be64cd192"


# --- Breaks


def test_a_whole_chain_has_no_break():
    entries = chain("written", "shown", "signed", "copy_sent")
    assert first_break(entries, length=4, head=entries[-1].hash) is None
    assert first_break([], length=0, head="") is None
    assert entries[0].previous_hash == GENESIS


CHANGES = {
    "contract_id": 8,
    "number": 9,
    "kind": "copy_sent",
    "at": AT + timedelta(microseconds=1),
    "data": {"step": 9},
    "previous_hash": "1" * 64,
    "hash": "2" * 64,
}


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("field", CHANGES)
def test_any_change_breaks_it_where_it_was_made(place, field):
    entries = chain("written", "shown", "signed", "copy_sent")
    value = AT + timedelta(minutes=place, microseconds=1) if field == "at" else CHANGES[field]
    if getattr(entries[place], field) == value:
        value = "shown"
    entries[place] = replace(entries[place], **{field: value})
    broken = first_break(entries)
    assert broken is not None
    assert broken.number == place + 1
    assert str(broken).startswith(f"event {place + 1} (")


@pytest.mark.parametrize("place", range(4))
def test_a_missing_entry_is_noticed(place):
    entries = chain("written", "shown", "signed", "copy_sent")
    head = entries[-1].hash
    del entries[place]
    broken = first_break(entries, length=4, head=head)
    assert broken is not None
    assert broken.number == place + 1


def test_an_added_a_moved_and_a_renumbered_entry_are_noticed():
    entries = chain("written", "shown", "signed", "copy_sent")
    assert first_break(entries, length=3, head=entries[2].hash) is not None
    assert first_break([entries[0], entries[2], entries[1], entries[3]]).number == 2
    renumbered = [entries[0], *(replace(entry, number=entry.number - 1) for entry in entries[2:])]
    assert first_break(renumbered).number == 2


def test_a_chain_that_was_forged_whole_has_another_head():
    honest, forged = chain("written", "shown", "signed"), chain("written", "shown", "copy_sent")
    assert first_break(forged, length=3) is None
    assert first_break(forged, length=3, head=honest[-1].hash) is not None


def rehashed(entry, **changes):
    """The entry with changes, and with the hash that fits them, as somebody forges it who knows the rules."""
    entry = replace(entry, **changes)
    said = {name: getattr(entry, name) for name in ("contract_id", "number", "kind", "at", "data", "previous_hash")}
    return replace(entry, hash=entry_hash(**said))


def test_an_entry_that_was_forged_with_its_hash_is_betrayed_by_the_next():
    entries = chain("written", "shown", "signed")
    entries[1] = rehashed(entries[1], data={"step": 9})
    assert str(first_break(entries)) == "event 3 (signed): it does not name the hash of the entry before it"


def test_a_gap_that_was_forged_over_is_betrayed_by_the_numbers():
    first, _, third = chain("written", "shown", "signed")
    third = rehashed(third, previous_hash=first.hash)
    broken = first_break([first, third])
    assert str(broken) == "event 2 (signed): it is numbered 3, so an entry is missing or moved"


def test_data_that_has_no_canonical_form_is_a_break_and_no_crash():
    entries = chain("written", "shown")
    entries[1] = replace(entries[1], data={"step": 1.0})
    assert first_break(entries).problem == "its data was changed"


# --- A contract's life


def unshown(**fields) -> Rental:
    """A new rental whose contract has not been shown."""
    other = make_rental(**fields)
    return create_rental(
        user=other.user, product_id=other.product_id, total_months=12, address_id=other.address_ref_id
    )


def kinds(contract):
    """What happened, in order."""
    return list(contract.events.values_list("kind", flat=True))


@pytest.mark.django_db
class TestLife:
    """Each step once."""

    def test_a_contract_is_written_with_its_document(self):
        contract = unshown().contract
        assert kinds(contract) == ["written"]
        assert contract.text.startswith("RENT-TO-OWN AGREEMENT")
        document = contract_document(contract)
        assert document.kind == "contract"
        assert bytes(document.content).startswith(b"%PDF-")
        assert document.sha256 == contract.pdf_sha256 == sha256(bytes(document.content))
        assert (contract.chain_length, contract.chain_head) == (1, contract.events.get().hash)
        assert contract.events.get().data["text_sha256"] == contract.text_sha256 == sha256(contract.text)

    def test_the_text_has_the_figures_of_the_rental(self):
        rental = unshown()
        text, payments = rental.contract.text, rental.contract.terms["payments"]
        assert [(p["number"], p["due_date"], p["amount"]) for p in payments] == [
            (row.number, row.due_date.isoformat(), str(row.amount)) for row in rental.installments.all()
        ]
        assert rental.sku in text
        assert rental.product_name in text
        assert rental.address["street_address"] in text
        assert rental.contract.terms["pack"]["code"] == "us-ca"
        assert rental.contract.jurisdiction == "us"

    def test_the_shop_is_the_one_of_the_settings(self, settings):
        settings.SHOP_NAME, settings.SHOP_ADDRESS = "Second Life Ltd", "9 Quay\nDublin"
        text = unshown().contract.text
        assert "  Shop: Second Life Ltd\n  Address of the shop: 9 Quay Dublin\n" in text

    def test_it_is_shown_once(self, django_assert_num_queries):
        contract = unshown().contract
        with time_machine.travel(AT, tick=False):
            record_shown(contract=contract, **BROWSER)
        record_shown(contract=Contract.objects.get(pk=contract.pk), ip="192.0.2.8", user_agent="another")
        shown = contract.events.get(kind="shown")
        assert (shown.at, shown.data["ip"], shown.data["user_agent"]) == (AT, "192.0.2.7", "Mozilla/5.0")
        assert kinds(contract) == ["written", "shown"]
        known = Contract.objects.get(pk=contract.pk)
        with django_assert_num_queries(2):  # the savepoint of the call, and nothing in it
            record_shown(contract=known, **BROWSER)

    def test_what_was_not_shown_is_not_signed(self):
        contract = unshown().contract
        with pytest.raises(NotShown):
            sign(contract=contract, signer_name="John Doe", **BROWSER)
        contract.refresh_from_db()
        assert (contract.signed_at, contract.chain_length, contract.documents.count()) == (None, 1, 1)

    def test_it_is_signed_once_with_all_that_is_known_of_the_signer(self):
        contract = make_rental().contract
        with time_machine.travel(AT, tick=False):
            sign(contract=contract, signer_name=" John\nDoe ", ip="192.0.2.7", user_agent="M" * 900)
        contract.refresh_from_db()
        assert (contract.signed_at, contract.signer_name, contract.signature_ip) == (AT, "John Doe", "192.0.2.7")
        assert (contract.user_agent, contract.consent_version) == ("M" * 500, CONSENT_VERSION)
        assert kinds(contract) == ["written", "shown", "signed"]
        document = contract_document(contract)
        signed = contract.events.get(kind="signed")
        assert document.kind == "signed"
        assert signed.data["signed_pdf_sha256"] == document.sha256 == sha256(bytes(document.content))
        assert signed.data["pdf_sha256"] == contract.pdf_sha256
        with pytest.raises(AlreadySigned):
            sign(contract=contract, signer_name="Jane Doe", **BROWSER)
        assert Contract.objects.get(pk=contract.pk).signer_name == "John Doe"

    @pytest.mark.parametrize("ip", ["", "2001:db8::1", "::ffff:192.0.2.7", "::ffff:c000:207"])
    def test_an_unknown_or_an_ipv6_address_can_sign(self, ip):
        contract = make_rental().contract
        sign(contract=contract, signer_name="John Doe", ip=ip, user_agent="")
        assert verify(Contract.objects.get(pk=contract.pk)).problem == ""

    def test_other_words_of_consent_and_no_name_are_refused(self):
        contract = make_rental().contract
        with pytest.raises(OtherConsent):
            sign(contract=contract, signer_name="John Doe", consent_version="0", **BROWSER)
        with pytest.raises(NoSigner):
            sign(contract=contract, signer_name=" \n ", **BROWSER)
        contract.refresh_from_db()
        assert not contract.is_signed
        sign(contract=contract, signer_name="John Doe", consent_version=CONSENT_VERSION, **BROWSER)

    def test_a_callers_rollback_undoes_the_signature(self):
        contract = make_rental().contract
        with pytest.raises(RuntimeError), transaction.atomic():
            sign(contract=contract, signer_name="John Doe", **BROWSER)
            raise RuntimeError
        again = Contract.objects.get(pk=contract.pk)
        assert (again.is_signed, kinds(again), again.documents.count()) == (False, ["written", "shown"], 1)
        assert verify(again).holds

    def test_the_copy_is_sent_once_and_not_before_the_signature(self):
        contract = make_rental().contract
        with pytest.raises(ValueError, match="not signed"):
            record_copy_sent(contract=contract, recipient="john@example.com", message_id="1")
        sign(contract=contract, signer_name="John Doe", **BROWSER)
        for message in ("5", "6"):
            record_copy_sent(contract=contract, recipient="john@example.com", message_id=message)
        sent = contract.events.get(kind="copy_sent")
        assert (sent.number, sent.data["recipient"], sent.data["message_id"]) == (4, "john@example.com", "5")
        assert sent.data["signed_pdf_sha256"] == contract_document(contract).sha256

    def test_entries_read_back_as_they_were_written(self):
        contract = make_rental(signed=True).contract
        assert first_break(entries_of(contract), length=3, head=contract.chain_head) is None
        assert all(entry.at.tzinfo for entry in entries_of(contract))

    def test_only_a_completed_rental_has_a_certificate(self):
        rental = make_rental(signed=True)
        with pytest.raises(DocumentNotFound):
            ownership_document(rental)
        assert not rental.contract.documents.filter(kind="ownership").exists()

    def test_the_last_payment_brings_a_certificate_once(self):
        rental = make_rental(signed=True, months=3)
        pay(rental, times=3)
        rental = fresh(rental)
        first, second = ownership_document(rental), ownership_document(fresh(rental))
        assert first.pk == second.pk
        owned = rental.contract.events.get(kind="owned")
        assert (owned.data["paid"], owned.data["early"]) == (str(rental.total_amount), False)
        assert owned.data["ownership_pdf_sha256"] == first.sha256

    def test_a_buyout_brings_a_certificate_of_what_was_paid(self):
        rental = make_rental(signed=True)
        pay(rental)
        answer = pay(rental, "buyout")
        ownership_document(fresh(rental))
        owned = rental.contract.events.get(kind="owned")
        assert owned.data["early"] is True
        assert Decimal(owned.data["paid"]) == rental.monthly_rate + Decimal(str(answer.json()["amount_paid"]))
        assert verify(Contract.objects.get(pk=rental.contract.pk)).holds


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_link_each():
    for _ in range(20):
        contract = unshown().contract
        jobs = [lambda pk=contract.pk: record_shown(contract=Contract.objects.get(pk=pk), **BROWSER)] * 4
        assert race(jobs) == [None] * 4

        def sign_it(pk=contract.pk):
            return sign(contract=Contract.objects.get(pk=pk), signer_name="John Doe", **BROWSER)

        results = race([sign_it] * 4)
        assert sum(isinstance(result, AlreadySigned) for result in results) == 3, results
        send = [
            lambda pk=contract.pk: record_copy_sent(
                contract=Contract.objects.get(pk=pk), recipient="john@example.com", message_id="1"
            )
        ] * 4
        assert race(send) == [None] * 4
        assert kinds(contract) == ["written", "shown", "signed", "copy_sent"]
        assert verify(Contract.objects.get(pk=contract.pk)).holds
    assert ContractEvent.objects.filter(kind="shown").count() >= 20
    assert ContractDocument.objects.filter(kind="signed").count() == 20
