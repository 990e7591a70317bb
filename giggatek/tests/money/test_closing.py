"""Closing a day: figures, fees, and every difference to the gateway's day explained or named."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from giggatek.tests.money.ledger_days import (
    account,
    closed,
    closed_in_time,
    day_of,
    late_movement,
    moment,
    now,
    on,
    paid,
    told,
    unheard,
)
from orders.tests.shop import paid_order
from payments.gateways.sandbox import disputes as sandbox_disputes
from payments.ledger import Account, balance, book
from payments.ledger.checking import differences
from payments.ledger.closing import DayNotOver, close_day
from payments.models import DayClosing, LedgerEntry, LedgerLine, SandboxIntent, SandboxMovement
from payments.refunds.services import request_full_refund, send_pending
from payments.services import confirm

__all__ = ["now"]

pytestmark = pytest.mark.django_db

DEBIT, FEE = 59999, 1770


def test_a_day_has_what_each_account_began_and_ended_with():
    paid(3)
    closed_in_time(3)
    paid(2)
    closing = closed_in_time(2)
    assert account(closing, "gateway_clearing") == (DEBIT - FEE, DEBIT, -FEE, 2 * (DEBIT - FEE))
    assert account(closing, "gateway_fees") == (FEE, FEE, 0, 2 * FEE)
    assert account(closing, "sales") == (-DEBIT, 0, -DEBIT, -2 * DEBIT)
    assert account(closing, "deposits") == (0, DEBIT, -DEBIT, 0)
    assert sum(sums["closing"] for sums in closing.figures["USD"]["accounts"].values()) == 0
    assert closing.figures["USD"]["gateways"] == {"sandbox": {"charge": DEBIT, "fees": -FEE, "net": DEBIT - FEE}}
    assert closing.differences == []
    assert list(differences()) == []


def test_a_refund_and_a_dispute_are_in_their_day():
    payment, disputed = paid(3), paid(3)
    closed_in_time(3)
    with on(2):
        request_full_refund(payment=payment, reason="Came back")
        send_pending()
        sandbox_disputes.open_dispute(SandboxIntent.objects.get(intent_id=disputed.intent_id))
    closing = closed_in_time(2)  # nobody told us of the dispute: the gateway's list does
    assert account(closing, "disputes") == (0, DEBIT, 0, DEBIT)
    assert account(closing, "refunds") == (0, DEBIT, 0, DEBIT)
    assert closing.figures["USD"]["gateways"]["sandbox"] == {
        "refund": -DEBIT, "dispute": -DEBIT, "fees": -1500, "net": -2 * DEBIT - 1500,
    }  # fmt: skip
    assert closing.differences == []
    assert list(differences()) == []


def test_a_day_is_closed_once(capsys):
    paid(1)
    call_command("close_day", day_of(1).isoformat())
    said = capsys.readouterr().out
    entries = LedgerEntry.objects.count()
    paid(1, hour=13)
    call_command("close_day", day_of(1).isoformat())
    assert capsys.readouterr().out == said
    assert DayClosing.objects.count() == 1
    assert LedgerEntry.objects.count() == entries + 2  # what was paid later, and no fee of it


def test_the_command_closes_yesterday_and_prints_it(capsys):
    paid(1)
    call_command("close_day")
    said = capsys.readouterr().out
    assert DayClosing.objects.get().day == day_of(1)
    assert "Money at the gateway" in said
    assert f"{'0.00':>14} {'599.99':>14} {'-17.70':>14} {'582.29':>14}" in said
    assert said.endswith(f"Closing of {day_of(1)}: 0 differences, 0 unexplained\n")


@pytest.mark.parametrize("day", [0, -1, -400])
def test_a_day_that_is_not_over_cannot_be_closed(day):
    with pytest.raises(CommandError, match="not over"):
        call_command("close_day", day_of(day).isoformat())
    assert not DayClosing.objects.exists()


def test_a_day_is_over_ten_minutes_after_midnight():
    midnight = moment(1, hour=0)
    with pytest.raises(DayNotOver):
        close_day(day=day_of(2), now=midnight + timedelta(minutes=9, seconds=59))
    assert close_day(day=day_of(2), now=midnight + timedelta(minutes=10)).day == day_of(2)


@pytest.mark.parametrize("word", ["yesterday", "2026-02-30", "20.11.2026"])
def test_what_is_no_day_is_refused(word):
    with pytest.raises(CommandError, match="invalid"):
        call_command("close_day", word)


def test_a_payment_heard_of_after_midnight_is_explained_on_both_days():
    payment = unheard(2, hour=23, minute=59)
    with on(1, hour=0, minute=5):
        confirm(payment=payment)
    name = f"charge of {payment.intent_id}"
    assert told(closed_in_time(2)) == [(name, True, "booked here on another day")]
    assert told(closed_in_time(1)) == [(name, True, "on another day of the gateway")]
    assert list(differences()) == []


def test_a_payment_nobody_heard_of_is_named_and_explained_on_the_day_it_is_heard_of():
    payment = unheard(2)
    closing = closed_in_time(2)
    name = f"charge of {payment.intent_id}"
    assert told(closing) == [(name, False, "not booked here")]
    assert closing.differences[0]["amount"] == DEBIT
    with on(1):
        confirm(payment=payment)
    assert told(closed_in_time(1)) == [(name, True, "on another day of the gateway")]
    assert told(DayClosing.objects.get(day=day_of(2))) == [(name, False, "not booked here")]
    assert list(differences()) == []


def test_what_the_gateway_does_not_know_is_named(capsys):
    payment = paid(1)
    SandboxMovement.objects.all().delete()
    call_command("close_day")
    name = f"charge of {payment.intent_id}"
    assert told(DayClosing.objects.get()) == [(name, False, "unknown to the gateway")]
    assert f"DIFFERENCE {name}: 599.99 USD, unknown to the gateway" in capsys.readouterr().out


def test_another_amount_is_named_with_both():
    payment = paid(1)
    SandboxMovement.objects.update(amount=DEBIT + 1)
    closing = closed(1)
    assert told(closing) == [(f"charge of {payment.intent_id}", False, "booked here with 599.99 USD")]
    assert closing.differences[0]["amount"] == DEBIT + 1


def test_the_differences_of_a_day_are_all_of_the_difference():
    """What the clearing account moved by, less what the gateway's balance moved by."""
    paid(1)
    lost = paid(1)
    SandboxMovement.objects.filter(intent__intent_id=lost.intent_id).delete()
    unheard(1)
    closing = closed(1)
    opening, _, _, end = account(closing, "gateway_clearing")
    sign = {"unknown to the gateway": 1, "not booked here": -1}
    named = sum(sign[one["why"]] * one["amount"] for one in closing.differences)
    assert end - opening - closing.figures["USD"]["gateways"]["sandbox"]["net"] == named == 0
    assert len(closing.differences) == 2


def test_what_the_gateway_lists_too_late_is_booked_on_the_next_day():
    payment = paid(2)
    closing = closed_in_time(2)
    late_movement(payment, 2)
    assert "fee txn_late" in next(differences())
    with on(1, hour=3):
        paid_order()
    closed_in_time(1)
    entry = LedgerEntry.objects.get(key="sandbox-fee:txn_late")
    assert entry.booked_at.date() == day_of(0)
    closing.refresh_from_db()
    assert account(closing, "gateway_fees")[-1] == FEE
    assert list(differences()) == []


def test_days_that_nobody_closed_are_not_forgotten():
    paid(5)
    paid(4)
    closed_in_time(4)
    assert balance(Account.GATEWAY_FEES, currency="USD") == 2 * FEE
    closing = closed(5)  # later, and still with its own figures
    assert account(closing, "gateway_fees") == (0, FEE, 0, FEE)
    assert list(differences()) == []


def test_what_came_into_a_closed_day_is_found():
    """No code of ours does so; whoever writes into the database can."""
    paid(2)
    closing = closed_in_time(2)
    entry = LedgerEntry.objects.create(key="try:1", kind="try", currency="USD", booked_at=moment(2))
    LedgerLine.objects.create(entry=entry, account="cash", amount=1)
    LedgerLine.objects.create(entry=entry, account="bank", amount=-1)
    found = list(differences())
    assert found == [
        f"{closing}: bank ended with -0.01 USD, and 0.00 USD was written down",
        f"{closing}: cash ended with 0.01 USD, and 0.00 USD was written down",
    ]


def test_what_is_booked_for_a_closed_day_is_booked_now():
    closed_in_time(2)
    entry = book(key="try:1", kind="try", lines={Account.CASH: 1, Account.BANK: -1}, currency="USD", at=moment(2))
    assert timezone.now() - entry.booked_at < timedelta(minutes=1)
    open_day = book(key="try:2", kind="try", lines={Account.CASH: 1, Account.BANK: -1}, currency="USD", at=moment(1))
    assert open_day.booked_at == moment(1)


def test_a_day_without_anything_has_a_closing():
    closing = closed(1)
    assert (closing.figures, closing.differences) == ({}, [])
