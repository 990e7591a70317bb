"""Invoices and credit notes go with the mails about the money that they are for."""

from decimal import Decimal

import pytest
from django.core import mail

from accounts.tests.factories import AdminFactory, ManagerFactory
from notifications.models import Email
from orders.services import change_status, record_payment_by_hand
from orders.tests.factories import make_order
from orders.tests.refunds import give_back
from orders.tests.shop import client_of, paid_order
from payments.invoices import document_of
from payments.models import Invoice
from rentals.tests.customers import pay
from rentals.tests.factories import make_rental

pytestmark = pytest.mark.django_db


def papers():
    """(kind of mail, its files) of every mail that has some."""
    mails = Email.objects.order_by("pk")
    return [(email.kind, [file["name"] for file in email.attachments]) for email in mails if email.attachments]


def sent(subject):
    """The files of the mails of that subject, as they went out."""
    return [message.attachments for message in mail.outbox if subject in message.subject]


def test_the_invoice_goes_with_the_mail_that_the_order_is_paid(work):
    order = paid_order()
    invoice = Invoice.objects.get()
    assert papers() == [("order_status", [f"invoice-{invoice.number}.pdf"])]
    work()
    (((name, content, mimetype),),) = sent(f"Order #{order.pk} Status Update: Processing")
    assert (name, mimetype) == (f"invoice-{invoice.number}.pdf", "application/pdf")
    assert content == bytes(document_of(invoice).content)
    assert content == client_of(order.user).read(f"orders/{order.pk}/invoice").content
    assert f"Invoice {invoice.number} is attached." in Email.objects.get(kind="order_status").text


def test_a_step_without_money_has_no_invoice_and_late_money_brings_it():
    order = make_order()
    for status in ("processing", "shipped"):
        change_status(order=order, status=status, by=AdminFactory())
    assert papers() == []
    record_payment_by_hand(order=order, by=ManagerFactory(), reason="Cash at the counter")
    invoice = Invoice.objects.get()
    assert papers() == [("order_paid", [f"invoice-{invoice.number}.pdf"])]
    change_status(order=order, status="delivered", by=AdminFactory())
    assert len(papers()) == 1


def test_a_credit_note_goes_with_each_refund(work):
    order = paid_order()
    give_back(order, amount=Decimal("1.00"))
    give_back(order, amount=Decimal("2.00"))
    notes = Invoice.objects.filter(kind="credit_note").order_by("pk")
    assert [files for kind, files in papers() if kind == "order_refunded"] == [[note.file_name] for note in notes]
    work()
    assert len(sent("Refund for Order")) == 2


def test_the_invoice_goes_with_the_receipt_of_a_rental(work):
    rental = make_rental(months=3, signed=True)
    pay(rental, times=2)
    receipts = [files for kind, files in papers() if kind == "rental_receipt"]
    assert receipts == [[invoice.file_name] for invoice in Invoice.objects.order_by("pk")]
    assert len(receipts) == 2
    work()
    assert [content[:5] for ((_, content, _),) in sent("Payment Receipt")] == [b"%PDF-"] * 2
