"""What was booked is not changed: the database refuses, and the code refuses sooner."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from payments.invoices.services import document_of
from payments.ledger import Account, book, triggers
from payments.ledger.checking import differences
from payments.models import DayClosing, Invoice, InvoiceDocument, LedgerEntry, LedgerLine
from payments.models.ledger import Frozen
from payments.tests.shop import invoiced

pytestmark = pytest.mark.django_db

TABLES = {model._meta.db_table: model for model in (LedgerEntry, LedgerLine, DayClosing, Invoice, InvoiceDocument)}


@pytest.fixture(autouse=True)
def rows():
    """An entry with its lines, a closing, and an invoice with its PDF."""
    document_of(invoiced())
    book(key="try:1", kind="try", lines={Account.CASH: 100, Account.SALES: -100}, currency="USD")
    DayClosing.objects.create(day=date(2026, 11, 20), figures={})


def standing():
    return [list(model.objects.order_by("pk").values()) for model in TABLES.values()]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_ledgerentry SET memo = 'x'",
        "UPDATE payments_ledgerentry SET subject = 'order:1', booked_at = '2026-01-01'",
        "UPDATE payments_ledgerline SET amount = amount * 2",
        "UPDATE payments_ledgerline SET account = 'bank' WHERE account = 'cash'",
        "UPDATE payments_dayclosing SET differences = '[1]'",
        "UPDATE payments_invoice SET amount = 1",
        "UPDATE payments_invoicedocument SET sha256 = 'x'",
        "DELETE FROM payments_ledgerentry",
        "DELETE FROM payments_ledgerline",
        "DELETE FROM payments_ledgerline WHERE amount < 0",
        "DELETE FROM payments_dayclosing",
        "DELETE FROM payments_invoice",
        "DELETE FROM payments_invoicedocument",
    ],
)
def test_the_database_refuses(statement):
    before = standing()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert standing() == before


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("by", ["id", "what is unique"])
def test_the_database_refuses_to_replace(table, by):
    """REPLACE is a DELETE and an INSERT in one, of the row with the same id or with the same unique columns."""
    fields = [field.column for field in TABLES[table]._meta.local_concrete_fields]
    values = {"id": "id"} if by == "id" else {"id": "id + 1000"}
    if by == "id":
        values |= {"key": "'other'", "account": "'bank'", "day": "'2020-01-01'"}
    columns = ", ".join(f"{connection.ops.quote_name(name)}" for name in fields)
    wanted = ", ".join(values.get(name, connection.ops.quote_name(name)) for name in fields)
    before = standing()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REPLACE INTO {table} ({columns}) SELECT {wanted} FROM {table} ORDER BY id LIMIT 1")
    assert standing() == before


@pytest.mark.parametrize("model", TABLES.values())
def test_the_code_refuses_sooner(model):
    row = model.objects.first()
    before = standing()
    for forbidden in (
        row.save,
        row.delete,
        lambda: model.objects.update(id=row.pk + 1),
        lambda: model.objects.filter(pk=row.pk).delete(),
        lambda: model.objects.update_or_create(pk=row.pk, defaults={}),
        lambda: model.objects.bulk_update([row], [model._meta.local_concrete_fields[1].name]),
    ):
        with pytest.raises(Frozen), transaction.atomic():
            forbidden()
    assert standing() == before


@pytest.mark.parametrize("model", TABLES.values())
def test_what_the_code_does_not_see_the_database_does(model):
    """Django has ways around our managers."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._base_manager.update(id=1_000_000)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._base_manager.all()._raw_delete("default")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", TABLES)
def test_a_lost_trigger_is_found(table):
    lost = triggers.name_of("UPDATE", table)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {lost}")
    try:
        assert next(differences()) == f"the database would let rows be changed: trigger {lost} is missing"
    finally:
        with connection.cursor() as cursor:
            for statement in [*triggers.dropping(), *triggers.creating(connection.vendor)]:
                cursor.execute(statement)
    assert triggers.missing(connection) == []
