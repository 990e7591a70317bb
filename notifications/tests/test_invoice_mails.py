"""Invoices and credit notes go with the mails about the money that they are for, each exactly once."""

from decimal import Decimal

import pytest
from django.core import mail

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from core.testing.pdf import pdf_text
from notifications.models import Email
from orders.fulfilment import cancel_order, change_status, record_payment_by_hand
from orders.tests.shop import client_of, give_back, make_order, paid_order
from payments.invoices.services import document_of
from payments.models import Invoice
from payments.refunds.services import send_pending
from rentals.lifecycle.services import cancel_rental
from rentals.refunding import give_back as give_rental_back
from rentals.refunding import parts_left
from rentals.tests.factories import make_rental
from rentals.tests.shop import fresh, intent_of, pay, try_card

pytestmark = pytest.mark.django_db


def attached():
    """(kind of mail, its files) of every mail that has some, of those about money."""
    mails = Email.objects.order_by("pk")
    files = [(email.kind, [file["name"] for file in email.attachments]) for email in mails if email.attachments]
    return [(kind, names) for kind, names in files if kind not in ("rental_signed", "rental_completed")]


def arrived(document):
    """The one mail that carries the document, whose number and subject both of them name."""
    carrying = [
        message for message in mail.outbox if document.file_name in [name for name, *_ in message.attachments]
    ]
    (message,) = carrying
    ((name, content, mimetype),) = message.attachments
    assert (name, mimetype, content) == (document.file_name, "application/pdf", bytes(document_of(document).content))
    text, about = pdf_text(content), document.data["title"]
    ((html, _),) = message.alternatives
    for text_part in (message.body, html, text):
        assert document.number in text_part
    assert about in message.subject and about in text
    return message


def test_the_invoice_goes_with_the_mail_that_the_order_is_paid(work):
    order = paid_order()
    invoice = Invoice.objects.get()
    assert attached() == [("order_status", [invoice.file_name])]
    work()
    message = arrived(invoice)
    assert message.to == [order.user.email]
    assert message.attachments[0][1] == client_of(order.user).get(f"orders/{order.pk}/invoice").content


def test_the_steps_after_it_bring_no_second_invoice(work):
    order = paid_order()
    for status in ("shipped", "delivered"):
        change_status(order=order, status=status, by=AdminFactory())
    work()
    assert len(attached()) == 1
    assert arrived(Invoice.objects.get())


def test_a_step_without_money_has_no_invoice_and_late_money_brings_it(work):
    order = make_order()
    for status in ("processing", "shipped"):
        change_status(order=order, status=status, by=AdminFactory())
    assert attached() == []
    record_payment_by_hand(order=order, by=ManagerFactory(), reason="Cash at the counter")
    invoice = Invoice.objects.get()
    change_status(order=order, status="delivered", by=AdminFactory())
    assert attached() == [("order_paid", [invoice.file_name])]
    work()
    assert f"#{order.pk}" in arrived(invoice).subject


def test_a_credit_note_goes_with_each_refund(work):
    order = paid_order()
    give_back(order, amount=Decimal("1.00"), reason="A dent")
    give_back(order, amount=Decimal("2.00"))
    notes = list(Invoice.objects.of_kind("credit_note").order_by("pk"))
    assert [files for kind, files in attached() if kind == "order_refunded"] == [[note.file_name] for note in notes]
    work()
    first, second = map(arrived, notes)
    assert "$1.00" in first.body and "A dent" in first.body
    assert "$2.00" in second.body


def test_cancelling_sends_the_credit_note_of_all_of_it(work):
    order = paid_order()
    cancel_order(order=order)
    work()
    assert "$599.99" in arrived(Invoice.objects.get(kind="credit_note")).body


def test_the_invoice_goes_with_the_receipt_of_a_rental(work):
    rental = make_rental(months=3, signed=True)
    pay(rental, times=2)
    invoices = list(Invoice.objects.order_by("pk"))
    assert attached() == [("rental_receipt", [invoice.file_name]) for invoice in invoices]
    work()
    for number, invoice in enumerate(invoices, start=1):
        message = arrived(invoice)
        assert f"Payment {number} of 3" in message.body and "Payment Receipt" in message.subject


def test_a_credit_note_goes_with_each_refund_of_a_rental(work):
    rental = make_rental(months=3, signed=True)
    pay(rental)
    what = next(parts_left(fresh(rental))).name
    give_rental_back(rental=rental, what=what, amount=Decimal("9.99"), reason="A broken key", by=ManagerFactory())
    work()
    message = arrived(Invoice.objects.get(kind="credit_note"))
    for text_part in ("$9.99", "A broken key", "the payment still counts"):
        assert text_part in message.body
    assert "Refund for Rental" in message.subject


def test_cancelling_a_rental_sends_the_credit_note_of_what_was_paid(work):
    rental = make_rental(months=3)
    pay(rental)
    cancel_rental(rental=rental)
    work()
    body = arrived(Invoice.objects.get(kind="credit_note")).body
    assert "$49.99" in body and "still counts" not in body


def test_why_money_went_back_is_told_in_the_language_of_the_reader():
    reader = UserFactory(language="es")
    cancel_order(order=paid_order(user=reader))
    rental = make_rental(user=reader, months=3)
    pay(rental)
    cancel_rental(rental=rental)
    assert "se canceló" in Email.objects.get(kind="order_refunded").text
    assert "se canceló" in Email.objects.get(kind="rental_refunded").text


def test_rental_money_that_was_never_counted_is_told_without_a_paper(work):
    rental = make_rental(months=3)
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    try_card(api, intent)
    cancel_rental(rental=rental)
    api.post(f"payments/{intent}/confirm")
    send_pending()
    assert attached() == []
    assert "$49.99" in Email.objects.get(kind="rental_refunded").text
