"""`verify_contract` proves a contract, and one changed byte anywhere fails, named by its place."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from core.text.canonical import sha256
from rentals.contracts import services, verifying
from rentals.contracts.verifying import verify
from rentals.models import Contract, ContractDocument, ContractEvent, Installment, Rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import fresh, pay

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]
BROWSER = {"ip": "192.0.2.7", "user_agent": "Mozilla/5.0"}


@pytest.fixture(scope="module")
def whole_life(django_db_setup, django_db_blocker):
    """The contract below, made once for all tests, since that takes a second, and gone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        rental = make_rental(signed=True, months=3)
        services.record_copy_sent(contract=rental.contract, recipient="john@example.com", message_id="5")
        pay(rental, times=3)
        services.ownership_document(fresh(rental))
        make_rental(signed=True)
        yield rental
        transaction.set_rollback(True)


@pytest.fixture
def contract(whole_life, db):
    """A contract at the end of its life: written, shown, signed, sent, owned; and another that could be mistaken."""
    return Contract.objects.get(rental=whole_life)


def run(*args):
    """What the command prints, and what it fails with."""
    out = StringIO()
    try:
        call_command("verify_contract", *map(str, args), stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def problem(contract):
    """The first thing that does not fit."""
    return verify(Contract.objects.get(pk=contract.pk)).problem


CHANGES = [
    (bool, lambda value: not value),
    (int, lambda value: value + 1000),
    (Decimal, lambda value: value + Decimal("0.01")),
    (datetime, lambda value: value + timedelta(microseconds=1)),
    (date, lambda value: value + timedelta(days=1)),
    (bytes, lambda value: flipped(value, len(value) // 2)),
    (dict, lambda value: {**value, "surplus": "1"}),
    (str, lambda value: "192.0.2.2" if value == "192.0.2.1" else ("y" if value[:1] == "x" else "x") + value[1:]),
]


def other(value):
    """A value of the same kind that is not the same."""
    return next(change(value) for kind, change in CHANGES if isinstance(value, kind))


def flipped(content, offset):
    """The bytes with one bit changed."""
    return content[:offset] + bytes([content[offset] ^ 1]) + content[offset + 1 :]


def columns(model, *left_out):
    """The plain columns of a model."""
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if name not in ("id", *left_out)]


# --- It holds


def test_an_untouched_contract_holds(contract):
    printed, failure = run(contract.pk)
    assert failure == ""
    assert printed == (
        f"Contract {contract.pk} holds: signed by {contract.signer_name}, 5 events, "
        f"text SHA-256 {contract.text_sha256}\n"
    )


def test_all_contracts_are_proven_also_unsigned_ones(contract):
    unsigned = make_rental().contract
    printed, failure = run("--all")
    assert failure == ""
    assert len(printed.splitlines()) == Contract.objects.count() == 3
    assert f"Contract {unsigned.pk} holds: not signed, 2 events" in printed


@pytest.mark.parametrize(("state", "months"), [("NY", 12), ("CA", 36), ("OH", 18), ("CT", 6), ("TX", 3)])
def test_contracts_of_every_place_hold(state, months, settings):
    settings.LATE_FEES = True
    rental = make_rental(signed=True, state=state, months=months)
    assert problem(rental.contract) == ""


def test_names_of_every_script_hold():
    rental = make_rental(name="Ноутбук 山田 🦊 \u202e\n1. X <b>")
    services.sign(contract=rental.contract, signer_name="Ζωή 山田 🦊 שלום", **BROWSER)
    assert problem(rental.contract) == ""


# --- What does not exist, and what cannot be asked


def test_a_missing_contract_is_a_clear_error(contract):
    printed, failure = run(contract.pk, 999999, 999998)
    assert failure == "There is no contract 999998, 999999."
    assert f"Contract {contract.pk} holds" in printed


@pytest.mark.parametrize("args", [(), (1, "--all"), ("x",), ("99999999999999999999",)])
def test_nonsense_is_refused(args):
    assert run(*args)[1]


def test_one_that_does_not_hold_does_not_hide_the_others(contract):
    ContractEvent.objects.filter(contract=contract, number=2).update(kind="signed")
    printed, failure = run("--all")
    assert failure == "1 contract did not hold."
    assert f"Contract {contract.pk} does not hold: event 2 (signed): its hash does not fit what it says" in printed
    assert printed.count(" holds: ") == Contract.objects.count() - 1


# --- One change anywhere


def fails_and_then_holds(contract, row, change):
    """Change columns of a row behind everybody's back: it must fail, and hold again once that is undone."""
    table = type(row).objects.filter(pk=row.pk)
    before = {name: getattr(row, name) for name in change}
    with transaction.atomic():
        table.update(**change)
        found = problem(contract)
        assert found, change
        table.update(**before)
    assert problem(contract) == "", change
    return found


@pytest.mark.parametrize("name", columns(Contract))
def test_every_column_of_the_contract(contract, name):
    value = getattr(contract, name)
    change = Contract.objects.exclude(pk=contract.pk).get().rental_id if name == "rental_id" else other(value)
    if name == "rental_id":
        Contract.objects.exclude(pk=contract.pk).update(rental_id=make_free_rental())
    fails_and_then_holds(contract, contract, {name: change})


def make_free_rental():
    """The id of a rental that has lost its contract."""
    rental = make_rental()
    contract = rental.contract
    ContractEvent.objects.filter(contract=contract).delete()
    ContractDocument.objects.filter(contract=contract).delete()
    contract.delete()
    return rental.pk


@pytest.mark.parametrize("name", ["signed_at", "signature_ip"])
def test_columns_that_were_emptied(contract, name):
    fails_and_then_holds(contract, contract, {name: None})


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("name", columns(ContractEvent))
def test_every_column_of_every_event(contract, number, name):
    event = contract.events.get(number=number)
    value = other(getattr(event, name))
    if name == "contract_id":
        value = Contract.objects.exclude(pk=contract.pk).get().pk
        ContractEvent.objects.filter(contract_id=value).delete()
    found = fails_and_then_holds(contract, event, {name: value})
    assert found.startswith("event ")


@pytest.mark.parametrize("number", range(1, 6))
def test_every_value_in_the_data_of_every_event(contract, number):
    event = contract.events.get(number=number)
    for key, value in event.data.items():
        changed = {**event.data, key: other(value)}
        found = fails_and_then_holds(contract, event, {"data": changed})
        assert found == f"event {number} ({event.kind}): its hash does not fit what it says"
        fails_and_then_holds(contract, event, {"data": {k: v for k, v in event.data.items() if k != key}})


@pytest.mark.parametrize("number", range(1, 6))
def test_a_deleted_event_first_middle_or_last(contract, number):
    contract.events.filter(number=number).delete()
    assert problem(contract).startswith(f"event {number} (")


def test_all_events_deleted(contract):
    contract.events.all().delete()
    assert problem(contract) == "event 1 (end): 0 entries, but 5 were recorded"
    Contract.objects.filter(pk=contract.pk).update(chain_length=0, chain_head="")
    assert problem(contract) == "the events are not those of a contract: there are none"


@pytest.mark.parametrize("kind", ContractDocument.Kind.values)
@pytest.mark.parametrize("name", columns(ContractDocument))
def test_every_column_of_every_document(contract, kind, name):
    document = contract.documents.get(kind=kind)
    value = other(getattr(document, name))
    if name == "contract_id":
        value = Contract.objects.exclude(pk=contract.pk).get().pk
        ContractDocument.objects.filter(contract_id=value).delete()
    if name == "content":
        value = other(bytes(document.content))
    found = fails_and_then_holds(contract, document, {name: value})
    assert found.startswith("document ")


@pytest.mark.parametrize("kind", ContractDocument.Kind.values)
def test_one_bit_of_a_document_is_named_by_its_byte(contract, kind):
    document = contract.documents.get(kind=kind)
    content = bytes(document.content)
    for offset in (0, 1, 99, len(content) // 3, len(content) - 1):
        found = fails_and_then_holds(contract, document, {"content": flipped(content, offset)})
        assert found == (
            f"document {kind}: its SHA-256 is not the recorded one; "
            f"byte {offset} is the first that differs from what is written anew"
        )


@pytest.mark.parametrize("kind", ContractDocument.Kind.values)
def test_a_document_that_was_cut_lengthened_replaced_or_removed(contract, kind):
    document = contract.documents.get(kind=kind)
    content = bytes(document.content)
    cut = fails_and_then_holds(contract, document, {"content": content[:-7]})
    assert f"byte {len(content) - 7} is the first" in cut
    longer = fails_and_then_holds(contract, document, {"content": content + b"\n"})
    assert f"byte {len(content)} is the first" in longer
    fails_and_then_holds(contract, document, {"content": b"", "sha256": sha256(b"")})
    document.delete()
    assert problem(contract) == f"document {kind}: it is missing"


def test_a_document_that_nothing_tells_of():
    contract = make_rental(signed=True).contract
    services.store_document(contract=contract, kind="ownership", content=b"%PDF-", at=contract.signed_at)
    assert problem(contract) == "document ownership: it is there, but no event tells of it"


def test_one_bit_of_the_text_is_named_by_its_byte(contract):
    text = contract.text.encode()
    for offset in (0, 7, text.index(b"$"), len(text) - 1):
        changed = flipped(text, offset).decode()
        found = fails_and_then_holds(contract, contract, {"text": changed})
        assert found == (
            "text: its SHA-256 is not that of the event written; "
            f"byte {offset} is the first that differs from what is written anew"
        )
        both = {"text": changed, "text_sha256": sha256(changed)}
        assert fails_and_then_holds(contract, contract, both) == found


def leaves(value, path=()):
    """Every plain value in the terms, by its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path, value
    for key, item in items or ():
        yield from leaves(item, (*path, key))


def changed_at(terms, path, value):
    """A copy of the terms with another value at the path."""
    copy = json.loads(json.dumps(terms))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


def test_every_value_in_the_terms(contract):
    for path, value in leaves(contract.terms):
        for new in (other(value), None, 1.5, [], "9999"):
            if new == value:
                continue
            found = fails_and_then_holds(contract, contract, {"terms": changed_at(contract.terms, path, new)})
            assert found.startswith("terms: their SHA-256 is not the recorded one"), path


def test_a_changed_name_in_the_terms_names_the_byte_of_the_text(contract):
    terms = changed_at(contract.terms, ("product", "name"), "Z" + contract.terms["product"]["name"][1:])
    offset = contract.text.encode().index(b"  Product: ") + len("  Product: ")
    assert f"byte {offset} is the first" in fails_and_then_holds(contract, contract, {"terms": terms})


@pytest.mark.parametrize("terms", [[], "x", 5, {}, {"template": None}])
def test_terms_that_are_none_any_more(contract, terms):
    assert fails_and_then_holds(contract, contract, {"terms": terms}).startswith("terms: ")


@pytest.mark.parametrize("name", ["number", "due_date", "amount"])
def test_every_figure_of_every_installment(contract, name):
    for row in Installment.objects.filter(rental=contract.rental_id):
        value = row.due_date + timedelta(days=500) if name == "due_date" else other(getattr(row, name))
        assert fails_and_then_holds(contract, row, {name: value}).startswith("installment ")


def test_a_missing_and_an_added_installment(contract):
    row = Installment.objects.filter(rental=contract.rental_id).last()
    extra = Installment.objects.create(
        rental_id=contract.rental_id, number=4, due_date=row.due_date + timedelta(days=31), amount=row.amount
    )
    assert problem(contract) == "schedule: 4 installments, but the contract has 3 payments"
    extra.delete()
    row.delete()
    assert problem(contract) == "schedule: 2 installments, but the contract has 3 payments"


@pytest.mark.parametrize("name", ["cash_price", "currency", "end_date"])
def test_the_figures_of_the_rental(contract, name):
    rental = Rental.objects.get(pk=contract.rental_id)
    change = {name: other(getattr(rental, name))}
    assert fails_and_then_holds(contract, rental, change).startswith(f"rental: its {name} is ")


def test_the_rules_of_the_rental(contract):
    rental = Rental.objects.get(pk=contract.rental_id)
    pack = {**rental.pack, "late_fee": {"kind": "greater_of", "percent": "100"}}
    assert fails_and_then_holds(contract, rental, {"pack": pack}).startswith("rental: its rules are not those")


# --- What changed around it


def test_words_that_changed_after_the_writing_are_named(contract, monkeypatch):
    honest = verifying.render_text
    monkeypatch.setattr(verifying, "render_text", lambda terms: honest(terms).replace("GigGatek", "GigGazek", 1))
    offset = contract.text.index("GigGatek") + len("GigGa")
    assert problem(contract) == (
        f"text: its terms give another text now; byte {offset} is the first that differs from what is written anew"
    )


def test_a_contract_holds_without_its_template_and_says_less_of_a_change(contract, monkeypatch):
    """The text itself is proven by its hash; only the byte cannot be named."""
    monkeypatch.setattr(verifying, "written_again", lambda contract: None)
    monkeypatch.setattr(verifying, "has_template", lambda template: False)
    assert problem(contract) == ""
    Contract.objects.filter(pk=contract.pk).update(text="x" + contract.text[1:])
    assert problem(contract) == "text: its SHA-256 is not that of the event written"


def test_a_document_that_another_library_would_print_differently_still_holds(contract, monkeypatch):
    monkeypatch.setattr(verifying, "printed_again", lambda *_: b"something else")
    assert problem(contract) == ""
    document = contract.documents.get(kind="signed")
    ContractDocument.objects.filter(pk=document.pk).update(content=b"x" + bytes(document.content)[1:])
    assert problem(contract) == "document signed: its SHA-256 is not the recorded one"


def test_it_reads_a_fixed_number_of_queries(contract, django_assert_num_queries):
    for _ in range(2):
        make_rental(signed=True)
    with django_assert_num_queries(4):
        run("--all")
