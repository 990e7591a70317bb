"""Idempotency-Keys when requests run long, die half-way, or lie a day back."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command

import orders.fulfilment
from core.models import LEASE, IdempotentRequest
from giggatek.tests.keyed import is_replayed, post, refused, said
from orders.models import Order
from orders.tests.shop import client_of, order_body, paid_order
from payments.gateways.sandbox import client as sandbox
from payments.models import Refund
from rentals.models import RentalPayment
from rentals.money.claims import make_payment
from rentals.money.pricing import buyout_quote
from rentals.tests.factories import make_rental
from rentals.tests.shop import intent_of

START = datetime(2025, 4, 1, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


@pytest.fixture
def shopper(user):
    return client_of(user)


def running(api, body):
    """Leave a request behind that has claimed its key, and that has no answer yet."""
    post(api, "orders", body)
    IdempotentRequest.objects.update(status=None, body=b"")


def test_while_the_first_still_runs_the_second_waits(shopper, user):
    body = order_body(user)
    running(shopper, body)
    answer = refused(post(shopper, "orders", body), "idempotency_key_in_use")
    assert int(answer["Retry-After"]) > 0
    refused(post(shopper, "orders", {**body, "notes": "x"}), "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_an_abandoned_key_still_belongs_to_its_request(shopper, user, clock):
    body = order_body(user)
    running(shopper, body)
    clock.shift(LEASE)
    refused(post(shopper, "orders", {**body, "notes": "x"}), "idempotency_key_reused")
    assert post(shopper, "orders", body).status_code == 201


class Killed(BaseException):
    """What no handler catches, as nothing catches a SIGKILL."""


def die(*args, **kwargs):
    raise Killed


def test_a_death_before_the_answer_is_kept_takes_the_order_with_it(shopper, user, monkeypatch, clock):
    body = order_body(user)
    with monkeypatch.context() as deadly:
        deadly.setattr(IdempotentRequest, "keep", die)
        with pytest.raises(Killed):
            post(shopper, "orders", body)
    assert (Order.objects.count(), IdempotentRequest.objects.get().is_running) == (0, True)
    clock.shift(LEASE)
    assert post(shopper, "orders", body).status_code == 201
    assert Order.objects.count() == 1


def claim_of(user, purpose="installment"):
    """A client, a path and a claim on money that is at the gateway."""
    rental = make_rental(user=user, signed=True)
    api = client_of(user)
    intent = intent_of(api, rental, purpose)
    sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)
    path = {"installment": "make-payment", "buyout": "buyout"}[purpose]
    return api, f"rentals/{rental.pk}/{path}", {"payment_method": "stripe", "transaction_id": intent}


@pytest.mark.parametrize("purpose", ["installment", "buyout"])
def test_a_death_between_effect_and_answer_is_made_good_by_the_retry(user, monkeypatch, clock, purpose):
    api, path, claim = claim_of(user, purpose)
    with monkeypatch.context() as deadly:
        deadly.setattr(IdempotentRequest, "keep", die)
        with pytest.raises(Killed):
            post(api, path, claim)
    link = RentalPayment.objects.get()
    assert (link.counted_at, link.reported_at) == (START, START)
    refused(post(api, path, claim), "idempotency_key_in_use")
    clock.shift(LEASE)
    answer = post(api, path, claim)
    assert (answer.status_code, is_replayed(answer)) == (200, False)
    again = post(api, path, claim)
    assert (said(again), is_replayed(again)) == (said(answer), True)
    assert RentalPayment.objects.get().reported_at == START
    refused(post(api, path, claim, "another"), "transaction_used", 400)
    refused(api.post(path, claim), "transaction_used", 400)


def cancelled_order(user, monkeypatch):
    order = paid_order(user=user)
    return f"orders/{order.pk}/cancel", {"notes": "Too late"}, order


def cancelled_rental(user, monkeypatch):
    rental = make_rental(user=user)
    return f"rentals/{rental.pk}/cancel", {}, rental


def returned_rental(user, monkeypatch):
    rental = make_rental(user=user, signed=True)
    return f"rentals/{rental.pk}/return", {}, rental


def free_buyout(user, monkeypatch):
    monkeypatch.setattr(
        "rentals.money.claims.buyout_quote", lambda *a, **b: buyout_quote(*a, **b) and SimpleNamespace(total=0)
    )
    rental = make_rental(user=user, signed=True)
    return f"rentals/{rental.pk}/buyout", {}, rental


@pytest.mark.parametrize("make", [cancelled_order, cancelled_rental, returned_rental, free_buyout])
@pytest.mark.parametrize("step", ["core.models.IdempotentRequest.keep", "core.api.idempotency.JsonRenderer.render"])
def test_a_verb_that_can_be_done_once_is_answered_when_its_request_died_before(user, monkeypatch, clock, make, step):
    path, body, subject = make(user, monkeypatch)
    api = client_of(user)
    with monkeypatch.context() as deadly:
        deadly.setattr(step, die)
        with pytest.raises(Killed):
            post(api, path, body)
    subject.refresh_from_db()
    ended = subject.status, subject.status_history.count(), Refund.objects.count()
    clock.shift(LEASE)
    refused(post(api, path, body, "another"), "wrong_status", 400)
    answer = post(api, path, body)
    assert (answer.status_code, is_replayed(answer)) == (200, False), answer.content
    assert "uccessfully" in answer.json()["message"] or "ended" in answer.json()["message"]
    again = post(api, path, body)
    assert (said(again), is_replayed(again)) == (said(answer), True)
    subject.refresh_from_db()
    assert (subject.status, subject.status_history.count(), Refund.objects.count()) == ended


def test_a_death_before_the_effect_leaves_all_to_the_retry(user, monkeypatch, clock):
    path, body, order = cancelled_order(user, monkeypatch)
    api = client_of(user)
    with monkeypatch.context() as deadly:
        deadly.setattr("catalog.stock.give_back", die)
        with pytest.raises(Killed):
            post(api, path, body)
    assert IdempotentRequest.objects.get().effect == ""
    clock.shift(LEASE)
    assert post(api, path, body).status_code == 200
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("cancelled", 1)


def test_who_lost_the_lease_has_no_effect(user, monkeypatch, clock):
    path, body, order = cancelled_order(user, monkeypatch)
    api = client_of(user)
    answers, real = [], orders.models.Order.lock_with_payments

    def overtaken(order):
        if not answers:
            answers.append("slow")
            clock.shift(LEASE)
            IdempotentRequest.objects.all().delete()  # what whoever takes over does first
        return real(order)

    monkeypatch.setattr("orders.models.Order.lock_with_payments", overtaken)
    refused(post(api, path, body), "idempotency_key_in_use")
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("processing", 0)


def test_reporting_without_a_key_can_never_be_repeated(user):
    api, path, claim = claim_of(user)
    assert api.post(path, claim).status_code == 200
    refused(api.post(path, claim), "transaction_used", 400)
    refused(post(api, path, claim), "transaction_used", 400)


def test_a_report_that_outlived_its_lease_is_sent_to_the_answer_of_the_one_that_took_over(user, monkeypatch, clock):
    api, path, claim = claim_of(user)
    answers = []

    def overtaken(**kwargs):
        if not answers:
            answers.append("slow")
            clock.shift(LEASE)
            answers.append(post(api, path, claim))
        return make_payment(**kwargs)

    monkeypatch.setattr("rentals.money.claims.make_payment", overtaken)
    refused(post(api, path, claim), "idempotency_key_in_use")
    assert answers[1].status_code == 200
    again = post(api, path, claim)
    assert (said(again), is_replayed(again)) == (said(answers[1]), True)
    assert RentalPayment.objects.count() == 1


def test_after_24_hours_the_key_is_new(shopper, user, clock):
    body = order_body(user)
    first = post(shopper, "orders", body)
    clock.shift(timedelta(hours=24) - timedelta(seconds=1))
    shopper = client_of(user)  # the token does not live that long
    assert said(post(shopper, "orders", body)) == said(first)
    clock.shift(timedelta(seconds=1))
    again = post(shopper, "orders", {**body, "notes": "another"})
    assert (again.status_code, is_replayed(again), Order.objects.count()) == (201, False, 2)


def test_old_answers_are_cleared_and_young_ones_stay(shopper, user, clock, monkeypatch, capsys):
    monkeypatch.setattr("core.chores.BATCH", 2)
    for number in range(5):
        post(shopper, "orders", order_body(user), f"old-{number}")
    clock.shift(timedelta(hours=24))
    shopper = client_of(user)
    young = order_body(user)
    post(shopper, "orders", young, "young")
    call_command("clear_idempotency_keys")
    call_command("clear_idempotency_keys")
    assert capsys.readouterr().out == "Deleted 5 answers.\nDeleted 0 answers.\n"
    assert is_replayed(post(shopper, "orders", young, "young"))
