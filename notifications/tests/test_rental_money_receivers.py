"""Receipts, reminders and failed charges: exactly the figures of the endpoints, once each."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.tests.factories import AdminFactory, UserFactory
from core.money import ZERO
from core.text import money
from notifications.models import Email
from payments.tests.shop import ALWAYS_ASKS, GOOD, LOST, NO_FUNDS
from payments.tests.shop import save_card as saved_card_of
from rentals.autopay.consents import record_consent, turn_off
from rentals.models import LateFee, RentalPayment
from rentals.money.dunning import remind, waive_fee
from rentals.money.settling import record_payment_by_hand
from rentals.signals import rental_paid
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, intent_of, pay, try_card

SOON, LATE = "rental_payment_reminder", "rental_payment_late"
START = "2027-04-01T10:00:00Z"
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


@pytest.fixture
def ada():
    return UserFactory(email="ada@example.com")


@pytest.fixture
def rental(clock, ada, settings):
    """Signed on April 1 in New York, whose rules know a late fee, with the first month paid."""
    settings.LATE_FEES = True
    settings.SITE_URL = "https://shop.example.com"
    rental = make_rental(user=ada, state="NY", signed=True)
    pay(rental)
    return rental


@pytest.fixture
def charge(clock, work):
    """Let autopay do what is due on a day."""

    def run(day):
        on(clock, day)
        call_command("charge_due_rentals")
        work()

    return run


def mails(kind):
    return list(Email.objects.filter(kind=kind).order_by("pk"))


def last(kind):
    email = mails(kind)[-1]
    assert email.status == Email.Status.QUEUED, email.last_error
    return email


def says(email, *parts):
    for part in parts:
        assert part in email.text, email.text
        assert part in email.html


def charged_by(rental, number):
    """Turn autopay on with a card of this number."""
    return record_consent(rental_id=rental.pk, card=saved_card_of(rental.user, number), ip="")


def on(clock, day):
    clock.move_to(f"{day}T10:00:00Z")
    return date.fromisoformat(day)


def test_a_receipt_says_what_the_endpoints_say(rental):
    email = last("rental_receipt")
    link = rental.rental_payments.get()
    assert (email.event, email.subject) == (f"rental-payment:{link.pk}", f"Payment Receipt for Rental #{rental.pk}")
    api = client_of(rental.user)
    quote = api.get(f"/api/rentals/{rental.pk}/buyout").json()
    detail = api.get(f"/api/rentals/{rental.pk}").json()["rental"]
    says(
        email,
        money(Decimal(str(quote["buyout_price"])), "USD"),
        money(Decimal(str(detail["remaining_amount"])), "USD"),
    )
    assert f"Today's buyout price: ${quote['buyout_price']}" in email.text
    assert f"Remaining: ${detail['remaining_amount']} (11 payments)" in email.text
    says(email, "Payment 1 of 12", "April 1, 2027, 10:00 UTC", detail["payments"][0]["transaction_id"])
    assert "Next payment: $49.99, due on May 1, 2027" in email.text


def test_a_receipt_is_sent_once_and_a_rolled_back_one_never(rental, clock):
    link = rental.rental_payments.get()
    rental_paid.send(sender=RentalPayment, rental=rental, link=link)
    assert len(mails("rental_receipt")) == 1
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert try_card(api, intent) == "succeeded"
        api.post(f"payments/{intent}/confirm")
        assert len(mails("rental_receipt")) == 2
        raise ZeroDivisionError
    assert len(mails("rental_receipt")) == 1


def test_before_the_signature_there_is_no_buyout_price(clock, ada):
    rental = make_rental(user=ada)
    pay(rental)
    email = last("rental_receipt")
    assert "Remaining: $549.89" in email.text
    assert "buyout" not in (email.text + email.html).lower()


def test_the_receipt_of_a_buyout_says_that_nothing_remains(rental):
    price = money(Decimal("549.89"), "USD")
    pay(rental, "buyout")
    email = last("rental_receipt")
    says(email, "Buyout", price, "$0.00")
    assert "For: Buyout\n" in email.text
    assert "Remaining: $0.00\n" in email.text
    assert "Next payment" not in email.text
    assert "buyout price" not in email.text


def test_a_late_fee_stands_in_the_receipt(rental, clock):
    remind(today=on(clock, "2027-05-09"))
    fee = LateFee.objects.get().amount
    assert fee > ZERO
    pay(rental)
    email = last("rental_receipt")
    says(email, money(fee, "USD"), money(fee + rental.monthly_rate, "USD"))
    assert f"Of this for late fees: {money(fee, 'USD')}" in email.text
    assert "goes back" not in email.text
    assert "Next payment: $49.99," in email.text
    quote = client_of(rental.user).get(f"/api/rentals/{rental.pk}/buyout").json()
    assert f"Today's buyout price: ${quote['buyout_price']}" in email.text


def test_what_is_paid_for_a_waived_fee_goes_back(rental, clock):
    remind(today=on(clock, "2027-05-09"))
    fee = LateFee.objects.get()
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    waive_fee(fee=fee, by=AdminFactory(), because="Our mistake")
    try_card(api, intent)
    api.post(f"payments/{intent}/confirm")
    email = last("rental_receipt")
    assert f"Of this goes back to you: {money(fee.amount, 'USD')}" in email.text
    assert "for late fees" not in email.text


def test_money_taken_by_hand_has_a_receipt_without_a_transaction(rental):
    record_payment_by_hand(rental=rental, by=AdminFactory(), purpose="installment", reason="Cash")
    email = last("rental_receipt")
    assert "Payment 2 of 12" in email.text
    assert "Transaction" not in email.text + email.html
    assert "None" not in email.text


@pytest.mark.parametrize(
    ("day", "subject", "text"),
    [
        ("2027-04-24", "$49.99 due on May 1", "is due on May 1, in 7 days."),
        ("2027-04-30", "$49.99 due on May 1", "is due on May 1, in 1 day."),
        ("2027-05-01", "$49.99 due today", "is due today."),
        ("2027-05-02", "$49.99 was due on May 1", "was due on May 1 and is 1 day late."),
        ("2027-05-06", "$49.99 was due on May 1", "was due on May 1 and is 5 days late."),
    ],
)
def test_a_reminder_says_when(rental, clock, day, subject, text):
    today = on(clock, day)
    for _ in range(2):
        remind(today=today)
    (email,) = mails(LATE if "was due" in subject else SOON)
    reminder = rental.installments.get(number=2).reminders.get()
    assert email.event == f"reminder:{reminder.pk}"
    assert email.subject == f"Payment Reminder for Rental #{rental.pk}: {subject}"
    assert text in email.text
    says(email, "May 1, 2027", f"https://shop.example.com/rentals/{rental.pk}/pay")
    assert "Late payments" not in email.text


def test_a_reminder_asks_for_what_the_intent_asks_for(rental, clock):
    remind(today=on(clock, "2027-05-08"))
    remind(today=on(clock, "2027-05-15"))
    email = last(LATE)
    intent_of(client_of(rental.user), rental)
    asked = rental.payments().latest("pk").amount
    fee = LateFee.objects.get().amount
    assert asked == rental.monthly_rate + fee
    says(email, money(asked, "USD"), money(fee, "USD"))
    assert "14 days late" in email.text


def test_several_late_payments_are_counted_and_summed(rental, clock):
    remind(today=on(clock, "2027-06-05"))
    email = last(LATE)
    total = 2 * rental.monthly_rate + sum(fee.amount for fee in LateFee.objects.all())
    assert f"Late payments: 2\nLate in all: {money(total, 'USD')}" in email.text
    assert "is 35 days late" in email.text


def test_who_pays_by_card_has_nothing_to_do(rental, clock):
    charged_by(rental, GOOD)
    remind(today=on(clock, "2027-04-24"))
    email = last(SOON)
    assert "$49.99 will be charged to Visa •••• 4242 on May 1, 2027: there is nothing for you to do." in email.text
    turn_off(rental=rental)
    remind(today=on(clock, "2027-04-28"))
    email = last(SOON)
    assert "charged" not in email.text
    assert "Pay here" in email.text


def test_a_card_that_failed_for_good_is_not_promised_again(rental, clock, charge):
    charged_by(rental, LOST)
    charge("2027-05-01")
    remind(today=on(clock, "2027-05-02"))
    assert "Pay here" in last(LATE).text


@pytest.mark.parametrize(
    ("card", "subject", "text"),
    [
        (NO_FUNDS, "did not go through", "We will try again on May 4, 2027."),
        (LOST, "did not go through", "We will not try this card again"),
        (ALWAYS_ASKS, "your bank wants you to confirm", "Please confirm the payment;"),
    ],
)
def test_a_failed_charge_says_why_and_what_now(rental, charge, card, subject, text):
    charged_by(rental, card)
    charge("2027-05-01")
    charge("2027-05-01")
    (email,) = mails("rental_payment_failed")
    attempt = rental.installments.get(number=2).charge_attempts.get()
    assert email.event == f"charge-attempt:{attempt.pk}"
    assert subject in email.subject
    assert f"Rental #{rental.pk}" in email.subject
    assert text in email.text
    assert attempt.failure_message
    says(email, attempt.failure_message, "$49.99", "Visa •••• ", f"https://shop.example.com/rentals/{rental.pk}/pay")


def test_a_late_reminder_names_the_next_try(rental, clock, charge):
    charged_by(rental, NO_FUNDS)
    charge("2027-05-01")
    remind(today=on(clock, "2027-05-02"))
    email = last(LATE)
    assert "will be charged to Visa •••• 9995 on May 4, 2027" in email.text


def test_nobody_is_told_of_the_rental_of_another(rental, clock):
    make_rental(user=UserFactory(email="eve@example.com"), signed=True)
    remind(today=on(clock, "2027-04-24"))
    assert {email.recipient for email in mails("rental_receipt")} == {"ada@example.com"}
    texts = {email.recipient: email.text for email in [*mails(SOON), *mails(LATE)]}
    assert f"rentals/{rental.pk}/pay" in texts["ada@example.com"]
    assert f"rentals/{rental.pk}/pay" not in texts["eve@example.com"]
