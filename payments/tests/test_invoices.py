"""Invoices and credit notes: numbered without gaps, frozen, and the same bytes each time."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import ManagerFactory, UserFactory
from core.testing.pdf import pdf_text
from core.text.canonical import canonical_json, sha256
from payments.invoices import services
from payments.invoices.bills import Line, Parts
from payments.invoices.pages import invoice_pdf
from payments.invoices.services import Unequal, credit, document_of, issue, take_number
from payments.models import Invoice, InvoiceDocument, InvoiceKind, NumberSeries
from payments.models.ledger import Frozen
from payments.services import record_by_hand
from payments.tests.shop import bill, invoiced, paid, refunded

MAY = datetime(2026, 5, 1, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(MAY)]


def numbers(kind=InvoiceKind.INVOICE):
    return list(Invoice.objects.of_kind(kind).order_by("pk").values_list("number", flat=True))


class TestNumbers:
    """One series for each kind and year."""

    def test_each_kind_counts_from_one(self):
        first, second = invoiced(), invoiced()
        for invoice in (second, first):
            credit(refund=refunded(invoice))
        assert numbers() == ["2026-000001", "2026-000002"]
        assert numbers(InvoiceKind.CREDIT_NOTE) == ["CN-2026-000001", "CN-2026-000002"]

    def test_the_year_changes_at_midnight_in_the_time_zone_of_the_shop(self, clock, settings):
        assert settings.TIME_ZONE == "UTC"
        for moment in ("2026-12-31T23:59:59.999999Z", "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z"):
            clock.move_to(moment)
            invoiced()
        assert numbers() == ["2026-000001", "2027-000001", "2027-000002"]
        assert "January 1, 2027" in pdf_text(bytes(document_of(Invoice.objects.get(year=2027, sequence=1)).content))

    def test_who_waits_for_a_number_over_midnight_gets_one_of_the_new_year(self, clock, monkeypatch):
        clock.move_to("2026-12-31T23:59:59Z")
        locked = services.locked_series

        def slow(kind, year):
            series = locked(kind, year)
            clock.move_to("2027-01-01T00:00:00Z")
            return series

        monkeypatch.setattr(services, "locked_series", slow)
        assert invoiced().number == "2027-000001"
        assert dict(NumberSeries.objects.values_list("year", "last")) == {2026: 0, 2027: 1}

    def test_what_is_rolled_back_uses_no_number(self):
        invoiced()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert invoiced().number == "2026-000002"
            raise ZeroDivisionError
        assert invoiced().number == "2026-000002"

    def test_a_million_has_a_number_too(self):
        NumberSeries.objects.create(kind="invoice", year=2026, last=999_999)
        assert invoiced().number == "2026-1000000"

    def test_the_database_allows_a_number_once(self):
        invoice = invoiced()
        invoice.pk, invoice.payment, invoice.number = None, paid(), "other"
        invoice.invoice_of = invoice.payment
        with pytest.raises(IntegrityError, match=r"invoice_number_once|payments_invoice\.kind"), transaction.atomic():
            invoice.save()

    def test_a_number_is_taken_inside_the_transaction_of_what_it_is_for(self):
        with transaction.atomic():
            take_number(InvoiceKind.INVOICE)
            transaction.set_rollback(True)
        assert not NumberSeries.objects.exists()


class TestInvoices:
    """What asks for money."""

    def test_a_payment_has_one(self):
        payment = paid()
        first = issue(payment=payment, bill=bill())
        assert issue(payment=payment, bill=bill(name="Somebody Else")) == first
        assert numbers() == ["2026-000001"]
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.bulk_create([Invoice(**values(first), number="x", sequence=2, invoice_of=payment)])

    def test_lines_that_bring_another_sum_undo_what_they_are_for(self):
        payment = paid()
        with pytest.raises(Unequal, match=r"49\.99 moved, the lines bring 50\.00"):
            issue(payment=payment, bill=bill(amount=Decimal("50.00")))
        assert not Invoice.objects.exists()
        assert issue(payment=payment, bill=bill()).number == "2026-000001"

    def test_what_stands_on_it(self):
        parts = Parts(
            [
                Line("Refurbished Laptop", Decimal("1200.00"), quantity=2, detail="LT-1", tax=Decimal("198.00")),
                Line("Mouse & <b>pad</b>", Decimal("10.00")),
            ],
            shipping=Decimal("12.00"),
        )
        invoice = invoiced(amount=parts.total, parts=parts, name="Zoë Ångström")
        text = pdf_text(bytes(document_of(invoice).content))
        for told in (
            "INVOICE", "Invoice 2026-000001", "May 1, 2026", "Thing #7", "Zoë Ångström", "1 Main Street",
            "Austin, TX 78701", invoice.payment.user.email, "GigGatek", "Refurbished Laptop LT-1 2 $1,200.00 $198.00",
            "$2,400.00", "Mouse & <b>pad</b> 1 $10.00 $0.00 $10.00", "Subtotal $2,410.00", "Shipping $12.00",
            "Tax $198.00", "Total paid $2,620.00", "This invoice is paid.",
        ):  # fmt: skip
            assert told in text, told

    def test_naira_have_their_sign(self):
        with transaction.atomic():
            payment = record_by_hand(
                user=UserFactory(), amount=Decimal(1250), currency="NGN", reason="Cash", by=ManagerFactory()
            )
            invoice = issue(payment=payment, bill=bill(amount=Decimal(1250)))
        text = pdf_text(bytes(document_of(invoice).content))
        assert "Total paid ₦1,250.00" in text
        assert str(payment) == f"Payment {payment.pk}: ₦1,250"

    def test_a_long_one_has_several_pages_and_strange_names_are_spelled_out(self):
        parts = Parts([Line(f"Piece {n} 山 👩🏽‍💻", Decimal("1.00")) for n in range(40)])
        text = pdf_text(bytes(document_of(invoiced(amount=parts.total, parts=parts, name="שלום")).content))
        assert "Page 2 of " in text
        assert all(f"Piece {n} [U+5C71]" in text for n in range(40))
        assert "[U+05E9][U+05DC][U+05D5][U+05DD]" in text


class TestCreditNotes:
    """What takes it back."""

    def test_it_names_its_invoice_and_says_why(self):
        invoice = invoiced()
        note = credit(refund=refunded(invoice, "9.99"))
        assert (note.corrects, note.amount, note.subject) == (invoice, Decimal("9.99"), "thing:7")
        text = pdf_text(bytes(document_of(note).content))
        for told in (
            "CREDIT NOTE", "CN-2026-000001", "Invoice 2026-000001 of May 1, 2026", "Scratched lid",
            "Refund for Thing #7 1 $9.99", "Total paid back $9.99",
        ):  # fmt: skip
            assert told in text, told

    def test_all_of_it_at_once_takes_back_each_line(self):
        parts = Parts([Line("Laptop", Decimal("40.00"), tax=Decimal("3.30"))], shipping=Decimal("6.69"))
        invoice = invoiced(parts=parts)
        note = credit(refund=refunded(invoice))
        for part in ("lines", "shipping", "tax", "total"):
            assert note.data[part] == invoice.data[part]

    def test_parts_that_bring_another_sum_are_left_out(self):
        note = credit(refund=refunded(invoiced(), "9.99"), parts=Parts([Line("Laptop", Decimal("5.00"))]))
        assert [(line["text"], line["amount"]) for line in note.data["lines"]] == [("Refund for Thing #7", "9.99")]

    def test_a_refund_has_one_and_each_refund_has_its_own(self):
        invoice = invoiced()
        first = refunded(invoice, "1.00")
        note = credit(refund=first)
        assert credit(refund=first) == note
        assert credit(refund=refunded(invoice, "2.00")).number == "CN-2026-000002"

    def test_money_that_was_never_invoiced_has_none(self):
        payment = paid()
        invoice = Invoice(payment=payment)
        assert credit(refund=refunded(invoice)) is None
        assert not Invoice.objects.exists()


class TestBytes:
    """What was handed out once stays."""

    def test_the_same_data_gives_the_same_bytes(self):
        invoice = invoiced()
        once, again = (invoice_pdf(data=invoice.data, digest=invoice.data_sha256) for _ in range(2))
        assert once == again
        assert invoice.data_sha256 == sha256(canonical_json(Invoice.objects.get().data))

    def test_the_stored_bytes_are_what_the_rows_give_whatever_changed_since(self, settings, clock):
        invoice = invoiced()
        document = document_of(invoice)
        settings.SHOP_NAME, settings.SHOP_ADDRESS = "Renamed", "Elsewhere"
        clock.move_to("2031-01-01T00:00:00Z")
        invoice.payment.user.email = "new@example.com"
        invoice.payment.user.save()
        fresh = Invoice.objects.get()
        assert invoice_pdf(data=fresh.data, digest=fresh.data_sha256) == bytes(document.content)
        assert sha256(bytes(document.content)) == document.sha256

    def test_it_is_made_once(self, monkeypatch):
        invoice = invoiced()
        made = document_of(invoice)
        monkeypatch.setattr("payments.invoices.services.invoice_pdf", lambda **_: 1 / 0)
        assert document_of(invoice) == made
        assert InvoiceDocument.objects.count() == 1

    def test_nobody_changes_one(self):
        invoice = invoiced()
        document = document_of(invoice)
        for row in (invoice, document):
            for change in (row.save, row.delete, type(row).objects.all().delete):
                with pytest.raises(Frozen):
                    change()
            with pytest.raises(Frozen):
                type(row).objects.update(pk=9)

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "credit_note"},
            {"kind": "nonsense"},
            {"invoice_of": None},
            {"amount": Decimal("0.00")},
            {"sequence": 0},
        ],
    )
    def test_the_database_refuses_nonsense(self, change):
        invoice = invoiced()
        other = Invoice(**{**values(invoice), "payment": paid(), "number": "x", "sequence": 2})
        other.invoice_of = other.payment
        for name, value in change.items():
            setattr(other, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            other.save()


def values(invoice):
    """What another invoice could share with this one."""
    names = ("kind", "year", "subject", "payment", "amount", "currency", "data", "data_sha256", "issued_at")
    return {name: getattr(invoice, name) for name in names}
