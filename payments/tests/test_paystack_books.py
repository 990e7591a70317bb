"""Paystack's lists against our ledger: the clearing account holds what the balance there holds, after every step."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from payments import services
from payments.gateways.paystack import books
from payments.ledger.booking import balance
from payments.ledger.checking import differences
from payments.ledger.closing import close_day
from payments.models import Dispute, LedgerEntry, Payment, Refund
from payments.models.ledger import Account
from payments.refunds import services as refunds
from payments.strays import NothingToReturn, send_back
from payments.tests.mock_paystack import handled
from payments.tests.test_paystack import KOBO, PRICE, opened, reconcile, refund_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FEE = 175_00


@pytest.fixture
def payment(user, paystack):
    return opened(user)


@pytest.fixture
def paid(payment, paystack):
    paystack.popup(payment.intent_id, KOBO)
    return services.confirm(payment=payment)


def close(clock):
    """The day ends, and is closed."""
    today = timezone.now().date()
    clock.shift(timedelta(days=1))
    return close_day(day=today, now=timezone.now())


def agree(paystack, clock):
    """The closing finds nothing, and neither does the proof; the two balances are one."""
    closing = close(clock)
    assert (closing.differences, list(differences())) == ([], [])
    assert balance(Account.CLEARING, currency="NGN") == paystack.memory.balance()
    return closing


def test_a_charge_less_its_fee(paid, paystack, clock):
    closing = agree(paystack, clock)
    assert closing.figures["NGN"]["gateways"]["paystack"] == {"charge": KOBO, "fees": -FEE, "net": KOBO - FEE}
    assert balance(Account.GATEWAY_FEES, currency="NGN") == FEE
    assert balance(Account.DEPOSITS, currency="NGN") == -KOBO


def test_fees_that_the_buyer_carries_are_not_ours(payment, paystack, clock):
    paystack.popup(payment.intent_id, KOBO + FEE, requested_amount=KOBO, fees=FEE)
    services.confirm(payment=payment)
    agree(paystack, clock)
    assert balance(Account.GATEWAY_FEES, currency="NGN") == 0
    assert paystack.memory.balance() == KOBO


def test_a_transaction_without_a_fee(payment, paystack, clock):
    paystack.popup(payment.intent_id, KOBO, fees=None)
    services.confirm(payment=payment)
    agree(paystack, clock)


def test_a_refund_and_one_that_waits_over_a_closing(paid, paystack, clock):
    paystack.mood(refunds=["processed", "pending"])
    refund_of(paid, Decimal("1000.00"))
    refund_of(paid, Decimal("500.00"))
    agree(paystack, clock)
    paystack.post(f"/control/refunds/{paystack.refunds[1]['id']}", status="processed")
    reconcile()
    agree(paystack, clock)
    assert paystack.memory.balance() == KOBO - FEE - 1500_00


def test_a_payout(paid, paystack, clock):
    paystack.post("/control/settlements")
    agree(paystack, clock)
    assert (paystack.memory.balance(), balance(Account.BANK, currency="NGN")) == (0, KOBO - FEE)


ENDS = {"merchant-accepted": ("lost", 1000_00), "declined": ("won", 0)}


@pytest.fixture(params=ENDS)
def resolution(request, paid, paystack):
    """A dispute over a fifth of it that ended so."""
    row = paystack.post("/control/disputes", reference=paid.intent_id, amount=1000_00)
    paystack.post(f"/control/disputes/{row['id']}", resolution=request.param)
    return request.param


@pytest.mark.parametrize("by", ["webhook", "list"])
def test_a_dispute(resolution, paystack, clock, api, by):
    if by == "webhook":
        assert {handled(api, payload) for payload in paystack.sent} == {"handled"}
    reconcile()
    agree(paystack, clock)
    dispute = Dispute.objects.get()
    assert (dispute.status, balance(Account.DISPUTES, currency="NGN")) == ENDS[resolution]
    assert not Refund.objects.exists()


def test_a_refund_that_a_dispute_caused_is_told_by_its_event_and_is_the_disputes(paid, paystack, clock, api):
    row = paystack.post("/control/disputes", reference=paid.intent_id)
    paystack.post(f"/control/disputes/{row['id']}")
    event = {"event": "refund.processed", "data": {
        "transaction_reference": paid.intent_id, "amount": str(KOBO), "currency": "NGN",
    }}  # fmt: skip
    assert handled(api, event) == "handled"
    reconcile()
    assert not Refund.objects.exists()
    agree(paystack, clock)


@pytest.mark.parametrize("off", [-1, 1, -KOBO + 1, KOBO])
def test_money_that_was_not_asked_for_is_set_aside_and_goes_back_whole(payment, paystack, admin, clock, off):
    paystack.popup(payment.intent_id, KOBO + off)
    for _ in range(2):
        with pytest.raises(services.AmountMismatch):
            services.ask_gateway(payment=payment)
    assert reconcile() == ["repaired: 0, problems: 0"]
    stray = Payment.objects.get(came_for=payment)
    assert (stray.amount * 100, stray.status, stray.user) == (KOBO + off, "succeeded", payment.user)
    agree(paystack, clock)
    refund = refunds.send_refund(refund=send_back(stray, by=admin))
    assert (refund.status, paystack.refunds[0]["amount"], refund.asked_by) == ("succeeded", KOBO + off, admin)
    with pytest.raises(NothingToReturn):
        send_back(stray, by=admin)
    agree(paystack, clock)
    payment.refresh_from_db()
    assert (payment.status, balance(Account.DEPOSITS, currency="NGN")) == ("created", 0)


@pytest.mark.parametrize("by", ["webhook", "list", "dry run"])
def test_it_is_set_aside_whoever_tells_of_it(payment, paystack, api, clock, by):
    paystack.popup(payment.intent_id, KOBO - 1, webhook=True)
    if by == "webhook":
        assert handled(api, paystack.sent[0]) == "handled"
    elif by == "list":
        assert reconcile()[-1] == "repaired: 1, problems: 0"
    else:
        out = StringIO()
        call_command("reconcile_payments", "--dry-run", stdout=out)
        assert "would repair" in out.getvalue()
        assert not Payment.objects.filter(came_for=payment).exists()
        return
    assert Payment.objects.filter(came_for=payment).count() == 1
    assert reconcile() == ["repaired: 0, problems: 0"]
    agree(paystack, clock)


def test_fees_on_top_of_a_wrong_amount_go_back_too(payment, paystack, admin, clock):
    paystack.popup(payment.intent_id, KOBO + FEE, requested_amount=KOBO - 1, fees=FEE)
    with pytest.raises(services.AmountMismatch):
        services.ask_gateway(payment=payment)
    stray = Payment.objects.get(came_for=payment)
    refunds.send_refund(refund=send_back(stray, by=admin))
    assert paystack.refunds[0]["amount"] == KOBO + FEE
    agree(paystack, clock)


def test_another_currency_is_set_aside_in_its_own(payment, paystack):
    paystack.popup(payment.intent_id, KOBO, currency="USD")
    with pytest.raises(services.AmountMismatch):
        services.ask_gateway(payment=payment)
    stray = Payment.objects.get(came_for=payment)
    assert (stray.amount, stray.currency) == (PRICE, "USD")
    assert balance(Account.CLEARING, currency="USD") == KOBO


def test_the_right_money_after_the_wrong_counts_and_the_wrong_stays_aside(payment, paystack, admin, clock):
    paystack.popup(payment.intent_id, KOBO - 1)
    with pytest.raises(services.AmountMismatch):
        services.ask_gateway(payment=payment)
    paystack.popup(payment.intent_id, KOBO)
    assert services.confirm(payment=payment).is_settled
    agree(paystack, clock)
    refunds.send_refund(refund=send_back(Payment.objects.get(came_for=payment), by=admin))
    refund_of(payment, Decimal("10.00"))
    assert [row["amount"] for row in paystack.refunds] == [KOBO - 1, 10_00]
    assert paystack.refunds[0]["transaction"] != paystack.refunds[1]["transaction"]
    agree(paystack, clock)


def test_the_same_money_once_more_is_set_aside(paid, paystack, api, clock):
    paystack.popup(paid.intent_id, KOBO, webhook=True)
    assert handled(api, paystack.sent[0]) == "handled"
    assert services.ask_gateway(payment=paid).is_settled
    assert Payment.objects.get(came_for=paid).amount == PRICE
    agree(paystack, clock)


def test_a_wrong_amount_ends_no_cancelling(payment, paystack, clock):
    paystack.popup(payment.intent_id, KOBO - 1)
    assert services.cancel_intent(payment=payment).status == "cancelled"
    assert Payment.objects.filter(came_for=payment).exists()
    agree(paystack, clock)


def test_a_refund_of_a_stray_that_waits_is_settled_by_its_event(payment, paystack, api, admin, clock):
    paystack.popup(payment.intent_id, KOBO - 1, webhook=True)
    handled(api, paystack.sent[0])
    paystack.mood(refunds=["pending"])
    stray = Payment.objects.get(came_for=payment)
    assert refunds.send_refund(refund=send_back(stray, by=admin)).status == "pending"
    paystack.post(f"/control/refunds/{paystack.refunds[0]['id']}", status="processed")
    assert handled(api, paystack.sent[-1]) == "handled"
    assert Refund.objects.get().status == "succeeded"
    agree(paystack, clock)


@pytest.mark.parametrize("amount", [0, -5, 10**14])
def test_what_is_no_amount_is_not_set_aside(payment, paystack, api, amount):
    paystack.popup(payment.intent_id, amount, webhook=True)
    assert handled(api, paystack.sent[0]) == "parked"
    with pytest.raises(services.AmountMismatch):
        services.ask_gateway(payment=payment)
    assert reconcile()[-1] == "repaired: 0, problems: 1"
    assert not LedgerEntry.objects.exists()


def test_lists_are_read_page_by_page_while_they_grow(user, paystack, monkeypatch):
    monkeypatch.setattr(books, "PAGE", 3)
    for number in range(10):
        paystack.popup(f"PNG-{number}", 100 + number)
    plain = paystack.memory.listed

    def growing(name, query):
        answer = plain(name, query)
        paystack.memory.pay("PNG-late", amount=5, currency="NGN", status="success")
        return answer

    monkeypatch.setattr(paystack.memory, "listed", growing)
    found = [one.id for one in books.PaystackBooks().intents_since(timezone.now() - timedelta(days=1))]
    assert {f"PNG-{number}" for number in range(10)} <= set(found)
    assert len([one for one in found if one != "PNG-late"]) == 10


def test_a_list_that_ignores_the_page_ends(paystack, monkeypatch):
    for number in range(3):
        paystack.popup(f"PNG-{number}", 100)
    rows = paystack.memory.kept["transactions"]
    monkeypatch.setattr(paystack.memory, "listed", lambda name, query: (rows, None))
    assert len(list(books.PaystackBooks().intents_since(timezone.now()))) == 3


def test_the_lists_filter_by_the_moment_of_making(paid, paystack, clock):
    clock.shift(timedelta(days=3))
    assert list(books.PaystackBooks().intents_since(timezone.now())) == []
    assert list(books.PaystackBooks().balance_transactions_since(timezone.now() - timedelta(days=1))) == []
