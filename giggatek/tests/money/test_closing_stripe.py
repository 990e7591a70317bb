"""Stripe's books, as its lists give them, beside ours."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from accounts.tests.factories import UserFactory
from giggatek.tests.money.ledger_days import (
    account,
    closed_in_time,
    day_of,
    moment,
    now,
    on,
    settled_at_stripe,
    stripe_row,
    told,
)
from payments.ledger import Account, balance
from payments.ledger.checking import differences
from payments.models import DayClosing, Payment
from payments.refunds.services import request_refund, settle_refund
from payments.tests.listing_stripe import listing_stripe

__all__ = ["listing_stripe", "now"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(listing_stripe):
    """A charge of ours, a payout and a fee of Stripe's own, newest first."""
    with on(2):
        settled_at_stripe(UserFactory())
    charge = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}
    listing_stripe.rows["balance_transactions"] = [
        stripe_row("txn_3", "stripe_fee", -200, at=moment(2, hour=20)),
        stripe_row("txn_2", "payout", -4000, at=moment(2, hour=18), source="po_1"),
        stripe_row("txn_1", "charge", 4999, at=moment(2), fee=175, source=charge),
    ]
    return listing_stripe


def test_fees_and_payouts_are_booked_from_stripes_list(books):
    closing = closed_in_time(2)
    assert account(closing, "gateway_clearing") == (0, 4999, -175 - 4000 - 200, 624)
    assert account(closing, "gateway_fees") == (0, 175, 0, 175)
    assert account(closing, "bank") == (0, 4200, 0, 4200)
    assert closing.figures["USD"]["gateways"]["stripe"] == {
        "other": -4200, "charge": 4999, "fees": -175, "net": 624,
    }  # fmt: skip
    assert closing.differences == []
    # Nobody knows yet what the money is for; beyond that the books hold.
    assert [one for one in differences() if "stripe" in one] == []


def test_what_differs_at_stripe_is_named(books):
    charge, fee = books.rows["balance_transactions"][2], books.rows["balance_transactions"][0]
    books.rows["balance_transactions"] = [fee, {**charge, "amount": 4899}]
    assert told(closed_in_time(2)) == [("charge of pi_1", False, "booked here with 49.99 USD")]
    with pytest.raises(CommandError, match="does not hold"):
        call_command("check_ledger")
    assert "charge of pi_1: 48.99 USD at stripe, 49.99 USD are booked" in list(differences())


def test_a_charge_that_stripe_does_not_have_is_named(books):
    books.rows["balance_transactions"] = []
    assert told(closed_in_time(2)) == [("charge of pi_1", False, "unknown to the gateway")]


def test_a_refund_that_no_bank_took_is_owed_to_the_customer(books):
    payment = Payment.objects.get()
    with on(2, hour=14):
        refund = request_refund(payment=payment, amount=Decimal("5.00"), reason="Came back")
        settle_refund(refund_id=refund.pk, gateway_id="re_1")
    source = {"id": "re_1", "object": "refund", "payment_intent": "pi_1"}
    books.rows["balance_transactions"][:0] = [
        stripe_row("txn_5", "refund_failure", 500, at=moment(1), source=source),
        stripe_row("txn_4", "refund", -500, at=moment(2, hour=14), source=source),
    ]
    closed_in_time(2)
    closing = closed_in_time(1)
    assert account(closing, "receivables") == (0, 0, -500, -500)
    assert account(closing, "gateway_clearing") == (124, 500, 0, 624)
    assert closing.differences == []
    assert [one for one in differences() if "stripe" in one] == []


def test_a_day_is_not_closed_while_stripe_is_away(books):
    books.broken = True
    with pytest.raises(CommandError, match="The day was not closed"):
        call_command("close_day", day_of(2).isoformat())
    assert not DayClosing.objects.exists()
    assert balance(Account.CLEARING, currency="USD") == 4999
    with pytest.raises(CommandError, match="could not be checked"):
        call_command("check_ledger", "--all")
    books.broken = False
    assert closed_in_time(2).differences == []
