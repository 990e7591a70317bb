"""The invoice of an order and its credit notes: what stands on them, and who may read them."""

from decimal import Decimal

import pytest

from accounts.tests.factories import ManagerFactory, UserFactory
from core.money import ZERO, from_minor, to_minor
from core.testing.pdf import pdf_text
from orders.fulfilment import cancel_order, record_payment_by_hand
from orders.tests.shop import bought, client_of, give_back, intent_of, make_order, pay, try_card
from orders.tests.test_refunds import raising
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox.client import SandboxGateway
from payments.inbox import handle_event
from payments.ledger import Account, balance
from payments.models import Invoice, InvoiceDocument, WebhookEvent
from payments.refunds.services import send_pending

pytestmark = pytest.mark.django_db


def invoice_of(order):
    return Invoice.objects.get(payment__order_payment__order=order, kind="invoice")


def notes_of(order):
    """Its credit notes, oldest first."""
    return list(Invoice.objects.about(order.holder).of_kind("credit_note"))


def lines(paper):
    return [(line["text"], line["quantity"], line["tax"], line["amount"]) for line in paper.data["lines"]]


def refused(answer, code="not_found", text="Invoice not found"):
    """Whether it is the contract's 404."""
    assert answer.json() == {"error": text, "status": 404, "message": text, "code": code}
    return answer.status_code == 404


class TestEndpoints:
    """`GET /orders/{id}/invoice` and the credit notes."""

    def test_there_is_none_before_the_order_is_paid(self):
        order = make_order()
        api = client_of(order.user)
        assert refused(api.get(f"orders/{order.pk}/invoice"))
        assert api.get(f"orders/{order.pk}/credit-notes").json() == {"credit_notes": []}
        assert api.get(f"orders/{order.pk}").json()["order"]["invoice_number"] is None

    def test_the_invoice_is_a_pdf_and_the_same_bytes_each_time(self):
        order = bought(("100.00", 2))
        api = client_of(order.user)
        assert not InvoiceDocument.objects.exists()
        first, again = (api.get(f"orders/{order.pk}/invoice{slash}") for slash in ("", "/"))
        number = api.get(f"orders/{order.pk}").json()["order"]["invoice_number"]
        assert first.status_code == 200
        assert first["Content-Type"] == "application/pdf"
        assert first["Content-Disposition"] == f'inline; filename="invoice-{number}.pdf"'
        assert "no-store" in first["Cache-Control"]
        assert first.content.startswith(b"%PDF-") and first.content == again.content
        assert f"Invoice {number}" in pdf_text(first.content)
        assert bytes(InvoiceDocument.objects.get().content) == first.content

    def test_only_its_owner_and_staff_read_it(self, api):
        order = bought(("100.00", 1))
        give_back(order, amount=Decimal("1.00"))
        (note,) = notes_of(order)
        paths = ["invoice", "credit-notes", f"credit-notes/{note.number}"]
        for path in (f"orders/{order.pk}/{name}" for name in paths):
            assert client_of(order.user).get(path).status_code == 200
            assert client_of(ManagerFactory()).get(path).status_code == 200
            assert refused(client_of(UserFactory()).get(path), text="Order not found")
            assert api.get(path).status_code == 401

    def test_credit_notes_are_listed_and_served_by_number(self):
        order = bought(("100.00", 2))
        give_back(order, {0: 1}, reason="Scratched")
        give_back(order, amount=Decimal("5.00"), reason="Goodwill")
        api = client_of(order.user)
        listed = api.get(f"orders/{order.pk}/credit-notes").json()["credit_notes"]
        assert [(note["amount"], note["reason"], note["kind"]) for note in listed] == [
            (108.25, "Scratched", "credit_note"), (5, "Goodwill", "credit_note")
        ]  # fmt: skip
        assert {note["corrects"] for note in listed} == {invoice_of(order).number}
        assert {note["payment_id"] for note in listed} == {order.payments().get().pk}
        detail = api.get(f"orders/{order.pk}").json()["order"]
        assert {refund["credit_note_number"] for refund in detail["refunds"]} == {note["number"] for note in listed}
        for note in listed:
            answer = api.get(f"orders/{order.pk}/credit-notes/{note['number']}")
            text = pdf_text(answer.content)
            assert f"Credit note {note['number']}" in text and note["reason"] in text
            assert f"Invoice {note['corrects']}" in text
            assert answer["Content-Disposition"].endswith(f'"credit-note-{note["number"].removeprefix("CN-")}.pdf"')

    def test_a_number_that_is_no_credit_note_of_this_order(self):
        order, other = bought(("100.00", 1)), bought(("100.00", 1))
        give_back(other, amount=Decimal("1.00"))
        api = client_of(order.user)
        for number in (invoice_of(order).number, notes_of(other)[0].number, "CN-2026-999999", "x" * 300, "é", "%00"):
            assert refused(api.get(f"orders/{order.pk}/credit-notes/{number}")), number
        assert not InvoiceDocument.objects.exists()


class TestWhatStandsOnThem:
    """Lines, taxes and sums."""

    def test_each_line_has_its_share_of_the_tax(self):
        order = bought(("0.07", 3), ("33.33", 3), percent="8.875", shipping="4.99")
        invoice = invoice_of(order)
        taxes = [Decimal(line["tax"]) for line in invoice.data["lines"]]
        assert sum(taxes) == order.tax_total == Decimal(invoice.data["tax"])
        assert (invoice.amount, invoice.data["shipping"]) == (order.total, "4.99")
        assert [line["quantity"] for line in invoice.data["lines"]] == [3, 3]

    def test_the_bill_is_for_the_billing_address_as_it_was(self):
        order = bought(("100.00", 1))
        order.user.addresses.update(street_address="Moved away")
        text = pdf_text(client_of(order.user).get(f"orders/{order.pk}/invoice").content)
        assert order.billing_address["street_address"] in text and "Moved away" not in text

    def test_pieces_and_shipping_that_go_back_are_named(self):
        order = bought(("100.00", 2), ("10.00", 1))
        give_back(order, {0: 1}, shipping=True)
        (note,) = notes_of(order)
        name = order.lines.first().product_name
        assert lines(note) == [(name, 1, "8.25", "100.00")]
        assert (note.data["shipping"], note.data["total"]) == ("12.00", "120.25")

    def test_cancelling_takes_back_the_whole_invoice(self):
        order = bought(("100.00", 2), ("10.00", 1))
        cancel_order(order=order)
        (note,) = notes_of(order)
        for part in ("lines", "shipping", "tax", "total"):
            assert note.data[part] == invoice_of(order).data[part]

    @pytest.mark.parametrize(
        "steps",
        [
            [{"amount": Decimal("8.25")}, {"quantities": {0: 1}}, {"quantities": {0: 1}}],
            [{"quantities": {0: 1}}, "cancel"],
            [{"amount": Decimal("1.00")}, "cancel"],
            [{"shipping": True}, {"quantities": {0: 2}}],
            ["cancel"],
        ],
    )
    def test_the_papers_say_the_tax_that_the_books_say(self, steps):
        """Whatever goes back in whichever parts: invoice less credit notes is what stands on the tax account."""
        order = bought(("100.00", 2))
        for step in steps:
            try:
                cancel_order(order=order) if step == "cancel" else give_back(order, **step)
            except Exception as error:  # the rest may be worth less than the pieces; then it goes back as an amount
                assert getattr(error, "code", "") == "refund_too_large", error
                cancel_order(order=order)
            owed = Decimal(invoice_of(order).data["tax"]) - sum(
                (Decimal(note.data["tax"]) for note in notes_of(order)), ZERO
            )
            assert from_minor(-balance(Account.SALES_TAX, currency="USD"), "USD") == owed
        kept = order.total - sum(note.amount for note in notes_of(order))
        assert to_minor(kept, "USD") == balance(Account.CLEARING, currency="USD")


class TestWhenTheyAreWritten:
    """One for each payment that counts, one for each refund of it."""

    def test_confirm_and_webhook_bring_one(self):
        order = make_order()
        pay(order)
        for event in WebhookEvent.objects.order_by("pk"):
            handle_event.func(event.pk)
        assert Invoice.objects.count() == 1

    def test_a_payment_that_was_only_begun_or_declined_has_none(self):
        order = make_order()
        api = client_of(order.user)
        assert try_card(api, intent_of(api, order), "4000000000000002") == "declined"
        assert not Invoice.objects.exists()

    def test_money_that_came_too_late_has_no_papers(self):
        order = make_order()
        api = client_of(order.user)
        intent = intent_of(api, order)
        try_card(api, intent)
        record_payment_by_hand(order=order, by=ManagerFactory(), reason="Cash")
        send_pending()
        assert sorted(order.payments().values_list("gateway", "refunded_amount")) == [
            ("manual", 0), ("sandbox", order.total)
        ]  # fmt: skip
        assert [paper.payment.gateway for paper in Invoice.objects.all()] == ["manual"]

    def test_a_refund_that_waits_has_none_until_it_is_done(self, monkeypatch):
        order = bought(("100.00", 2))
        with monkeypatch.context() as away:
            away.setattr(SandboxGateway, "refund", raising(GatewayUnavailable()))
            give_back(order, {0: 1})
        assert notes_of(order) == []
        send_pending()
        assert [note.amount for note in notes_of(order)] == [Decimal("108.25")]
