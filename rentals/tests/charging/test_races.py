"""Many hands at one charge, on a database that locks rows: one consistent end, whoever was faster."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.testing.races import race
from payments import inbox
from payments import services as payments
from payments.gateways.sandbox import client as sandbox
from payments.models import Refund, SandboxIntent
from payments.refunds.services import send_pending
from rentals.autopay import charging, consents
from rentals.lifecycle.services import cancel_rental, expire_rentals, return_rental
from rentals.models import ChargeAttempt, Installment
from rentals.money import claims
from rentals.money.paying import payment_intent_for
from rentals.tests.charging.attempts import attempts_at, lose_leases, work, write_attempts_only
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    RATE,
    books_agree,
    charges_of,
    client_of,
    fresh,
    intent_of,
    run_tasks,
    save_card,
    try_card,
    turn_off,
    turn_on,
)

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 20


def with_autopay(**more):
    """A signed rental, due today, with autopay; its try is written and no worker has come."""
    rental = make_rental(signed=True, **more)
    turn_on(rental)
    return rental, write_attempts_only()


def no_errors(results):
    """No caller saw an exception."""
    assert not [result for result in results if isinstance(result, BaseException)], results


def settled(rental):
    """Everybody has done what was left to do. Nothing waits, and what was taken and not counted went back."""
    run_tasks()
    lose_leases()
    run_command()
    run_tasks()
    assert send_pending()[1] == 0 and not Refund.objects.exclude(status="succeeded").exists()
    assert not ChargeAttempt.objects.filter(status="queued").exists()
    assert books_agree(rental)
    counted = rental.rental_payments.exclude(counted_at=None)
    kept = sum(charges_of(rental))
    assert kept == sum(link.payment.amount - link.payment.refunded_amount for link in counted)
    paid = Installment.objects.filter(rental=rental, state="paid")
    if fresh(rental).status != "cancelled" and not counted.filter(purpose="buyout").exists():
        assert kept == RATE * paid.count()
    return fresh(rental), kept


def run_command():
    """What a machine's scheduler does."""
    return charging.charge_due_rentals(today=timezone.localdate())


def both_workers(attempts):
    """Two workers that got the same tries."""
    return [lambda: work(*attempts), lambda: work(*attempts)]


def test_two_machines_and_two_workers_charge_once():
    for _ in range(ROUNDS):
        rental = make_rental(signed=True)
        turn_on(rental)
        results = race([run_command] * 2)
        assert sorted(results) == [0, 1]
        attempts = list(ChargeAttempt.objects.filter(status="queued"))
        no_errors(race(both_workers(attempts)))
        _, kept = settled(rental)
        assert (kept, attempts_at(rental)) == (RATE, ["succeeded"])
        assert rental.payments().count() == 1


def test_two_machines_share_what_is_due():
    rentals = [make_rental(signed=True) for _ in range(6)]
    for rental in rentals:
        turn_on(rental)
    results = race([run_command] * 3)
    assert sum(results) == 6
    assert sorted(ChargeAttempt.objects.values_list("installment__rental_id", flat=True)) == [
        rental.pk for rental in rentals
    ]


def test_a_payment_by_hand_at_the_same_moment():
    ends = set()
    for _ in range(ROUNDS):
        rental, attempts = with_autopay()
        api = client_of(rental.user)
        intent = intent_of(api, rental)
        body = {"payment_method": "stripe", "transaction_id": intent}

        def by_hand(api=api, intent=intent, path=f"rentals/{rental.pk}/make-payment", body=body):
            assert try_card(api, intent) == "succeeded"
            return api.post(path, body).status_code

        results = race([by_hand, lambda a=attempts: work(*a)])
        no_errors(results)
        assert results[0] == 200
        now, kept = settled(rental)
        assert kept == RATE * now.payments_made and now.payments_made in (1, 2)
        assert [one.number for one in now.installments.all() if one.is_paid] == list(range(1, now.payments_made + 1))
        ends.add(now.payments_made)
    assert ends <= {1, 2}


def test_the_last_installment_by_hand_and_by_autopay():
    """Only one of the two payments can count; the other goes back, and the device is the customer's."""
    for _ in range(ROUNDS):
        rental = make_rental(signed=True, months=3)
        Installment.objects.filter(rental=rental, number__gt=1).update(state="closed", charge_on=None)
        turn_on(rental)
        attempts = write_attempts_only()
        payment = payment_intent_for(rental=rental, purpose="installment")
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
        results = race([lambda p=payment: payments.confirm(payment=p), lambda a=attempts: work(*a)])
        no_errors(results)
        now, kept = settled(rental)
        assert (now.status, now.payments_made, kept) == ("completed", 1, RATE)
        assert now.status_history.filter(status="completed").count() == 1


def test_a_return_at_the_same_moment():
    ends = set()
    for _ in range(ROUNDS):
        rental, attempts = with_autopay()
        no_errors(race([lambda r=rental: return_rental(rental=r), lambda a=attempts: work(*a)]))
        now, kept = settled(rental)
        assert now.status == "returned"
        assert (kept, now.payments_made) in ((RATE, 1), (0, 0))
        assert not now.payments().open().exists()
        assert not Installment.objects.filter(rental=rental, state="open").exists()
        ends.add(kept)
    assert ends <= {RATE, 0}


def test_a_buyout_at_the_same_moment():
    for _ in range(ROUNDS):
        rental, attempts = with_autopay(state="TX")
        payment = payment_intent_for(rental=rental, purpose="buyout")
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)

        def buy(rental=rental, payment=payment):
            try:
                claims.buy_out(rental=rental, transaction_id=payment.intent_id)
            except claims.StaleQuote:
                return "stale"
            return "bought"

        results = race([buy, lambda a=attempts: work(*a)])
        no_errors(results)
        now, kept = settled(rental)
        if results[0] == "bought":
            assert (now.status, kept) == ("completed", payment.amount)
        else:
            assert (now.status, kept, now.payments_made) == ("active", RATE, 1)


def test_turning_off_at_the_same_moment():
    for _ in range(ROUNDS):
        rental, attempts = with_autopay()
        no_errors(race([lambda r=rental: consents.turn_off(rental=r), lambda a=attempts: work(*a)]))
        now, kept = settled(rental)
        assert (kept, now.payments_made, attempts_at(rental)) in ((RATE, 1, ["succeeded"]), (0, 0, ["dropped"]))
        turn_on(rental)
        now, kept = settled(rental)
        assert (kept, now.payments_made) == (RATE, 1)  # nothing was lost for ever


def test_another_card_at_the_same_moment():
    """Whether the try finds the old card, the new one or is dropped between them: paid, once."""
    for number in range(ROUNDS):
        rental = make_rental(signed=True)
        turn_on(rental, "4000000000009987" if number % 2 else "4242424242424242")
        attempts = write_attempts_only()
        setup = save_card(client_of(rental.user))
        jobs = [lambda r=rental, s=setup: consents.turn_on(rental=r, setup_id=s), lambda a=attempts: work(*a)]
        no_errors(race(jobs))
        now, kept = settled(rental)
        assert (kept, now.payments_made) == (RATE, 1)
        assert now.autopays.exclude(active_for=None).count() == 1


def test_two_cards_at_once_are_one_consent():
    for _ in range(ROUNDS):
        rental = make_rental(signed=True)
        setups = [save_card(client_of(rental.user)) for _ in range(2)]
        no_errors(race([lambda s=setup, r=rental: consents.turn_on(rental=r, setup_id=s) for setup in setups]))
        assert rental.autopays.count() == 2
        assert rental.autopays.exclude(active_for=None).count() == 1


def test_the_webhook_the_worker_and_a_second_worker():
    for _ in range(ROUNDS):
        rental, attempts = with_autopay()
        with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patched:
            patched.setattr(payments, "apply_intent", interrupt)
            work(*attempts)
        payload, signature = sandbox.signed_event(SandboxIntent.objects.latest("pk"))
        lose_leases()
        jobs = [
            lambda p=payload, s=signature: (
                inbox.handle(inbox.receive(gateway="sandbox", payload=p, signature=s)).status
            )
        ]
        results = race(jobs + both_workers(attempts))
        no_errors(results)
        assert results[0] == "handled"
        _, kept = settled(rental)
        assert (kept, attempts_at(rental)) == (RATE, ["succeeded"])


def interrupt(**_):
    raise KeyboardInterrupt


def test_signing_late_and_expiring_at_once():
    """An unsigned rental that was paid is cancelled once by whoever comes, and its money goes back once."""
    for _ in range(ROUNDS):
        rental = make_rental()
        payment = payment_intent_for(rental=rental, purpose="installment")
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
        jobs = [lambda: expire_rentals(now=timezone.now() + timedelta(days=30))] * 2
        jobs += [lambda p=payment: payments.confirm(payment=p), lambda r=rental: swallow(cancel_rental, rental=r)]
        no_errors(race(jobs))
        now, kept = settled(rental)
        assert (now.status, kept, now.product.inventory_count) == ("cancelled", 0, 5)
        assert now.status_history.filter(status="cancelled").count() == 1


def swallow(call, **arguments):
    """A refusal is an answer, too."""
    from core.errors import DomainError

    try:
        return call(**arguments)
    except DomainError as refusal:
        return refusal.code


def test_off_by_the_endpoint_after_all_that():
    rental, _ = with_autopay()
    turn_off(rental)
    assert settled(rental)[1] == 0
