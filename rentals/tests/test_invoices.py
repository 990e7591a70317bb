"""The invoices of a rental: one for each payment that counted, and credit notes for what went back."""

from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.tests.factories import ManagerFactory, UserFactory
from core.testing.pdf import pdf_text
from payments.models import Invoice
from payments.refunds.services import send_pending
from rentals.lifecycle.services import cancel_rental
from rentals.models import LateFee
from rentals.money.dunning import remind
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, intent_of, pay, try_card

pytestmark = pytest.mark.django_db


def lines(paper):
    return [(line["text"], line["amount"]) for line in paper.data["lines"]]


def listed(rental, user=None):
    answer = client_of(user or rental.user).get(f"rentals/{rental.pk}/invoices")
    assert answer.status_code == 200
    return answer.json()["invoices"]


def test_each_payment_has_one_that_says_which_it_is():
    rental = make_rental(months=3, signed=True)
    assert listed(rental) == []
    pay(rental, times=3)
    first, _, last = Invoice.objects.order_by("pk")
    assert lines(first) == [("Payment 1 of 3", "49.99")]
    assert lines(last) == [("Payment 3 of 3", "49.99")]
    assert [one["number"] for one in listed(rental)] == [one.number for one in Invoice.objects.order_by("pk")]
    payments = client_of(rental.user).get(f"rentals/{rental.pk}/payments").json()["payments"]
    assert [one["invoice_number"] for one in payments] == [one["number"] for one in listed(rental)]


def test_a_buyout_and_a_late_fee_have_lines_of_their_own(settings):
    settings.LATE_FEES = True
    with time_machine.travel("2027-04-01T10:00:00Z", tick=False) as clock:
        rental = make_rental(state="NY", signed=True)
        clock.move_to("2027-04-09T10:00:00Z")
        remind(today=timezone.localdate())
        pay(rental)
        pay(rental, "buyout")
    fee = LateFee.objects.get().amount
    paid, bought = Invoice.objects.order_by("pk")
    assert lines(paid) == [("Payment 1 of 12", "49.99"), ("Late fees", str(fee))]
    assert lines(bought) == [("Early purchase", str(bought.amount))]
    assert paid.amount == rental.monthly_rate + fee


def test_the_pdf_by_payment_and_by_number_is_the_same():
    rental = make_rental(months=3, signed=True)
    pay(rental)
    api, payment = client_of(rental.user), rental.payments().get()
    number = payment.invoice.number
    by_payment = api.get(f"rentals/{rental.pk}/payments/{payment.pk}/invoice")
    by_number = api.get(f"rentals/{rental.pk}/invoices/{number}")
    assert by_payment.content == by_number.content
    assert by_payment["Content-Type"] == "application/pdf"
    text = pdf_text(by_payment.content)
    for told in (number, "Payment 1 of 3", rental.product_name, f"Rental #{rental.pk}", rental.address["city"]):
        assert told in text, told


def test_only_its_owner_and_staff_read_them():
    rental = make_rental(months=3, signed=True)
    pay(rental)
    payment = rental.payments().get()
    number = payment.invoice.number
    for path in ("invoices", f"invoices/{number}", f"payments/{payment.pk}/invoice"):
        assert client_of(ManagerFactory()).get(f"rentals/{rental.pk}/{path}").status_code == 200
        answer = client_of(UserFactory()).get(f"rentals/{rental.pk}/{path}")
        assert (answer.status_code, answer.json()["error"]) == (404, "Rental not found")


def test_what_is_not_there_is_not_found():
    rental, other = (make_rental(months=3, signed=True) for _ in range(2))
    api = client_of(rental.user)
    intent_of(api, rental)
    begun = rental.payments().get()
    pay(other)
    theirs = other.payments().get()
    for path in (
        f"payments/{begun.pk}/invoice", f"payments/{theirs.pk}/invoice", "payments/999999/invoice",
        f"invoices/{theirs.invoice.number}", "invoices/2026-999999", f"payments/{'9' * 30}/invoice",
    ):  # fmt: skip
        answer = api.get(f"rentals/{rental.pk}/{path}")
        assert (answer.status_code, answer.json()["status"]) == (404, 404), path


def test_cancelling_takes_back_what_was_paid():
    rental = make_rental(months=3)
    pay(rental)
    cancel_rental(rental=rental)
    invoice, note = Invoice.objects.order_by("pk")
    assert (note.kind, note.corrects, note.amount) == ("credit_note", invoice, Decimal("49.99"))
    assert lines(note) == lines(invoice)
    assert [one["kind"] for one in listed(rental)] == ["invoice", "credit_note"]
    assert client_of(rental.user).get(f"rentals/{rental.pk}/invoices/{note.number}").status_code == 200


def test_money_that_came_too_late_has_no_papers():
    rental = make_rental(months=3)
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    try_card(api, intent)
    cancel_rental(rental=rental)
    api.post(f"payments/{intent}/confirm")
    send_pending()
    assert rental.payments().get().refunded_amount == Decimal("49.99")
    assert not Invoice.objects.exists()
