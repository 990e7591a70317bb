"""Every pair of a rental's statuses, and that no other way leads from one to another."""

import itertools

import pytest
from django.core.exceptions import FieldDoesNotExist

from core.signals import status_changed
from core.states import WrongStatus
from core.testing.races import race
from orders.tests.bad import refused
from rentals.models import Rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, fresh, pay, save_card, snapshot

Status = Rental.Status
PAIRS = list(itertools.product(Status.values, Status.values))

# Said again here, by hand: a slip in TRANSITIONS must not change the test with it.
ALLOWED = {
    ("pending", "active"),
    ("pending", "cancelled"),
    ("active", "completed"),
    ("active", "returned"),
}


def rental_in(status):
    """A rental that stands at `status`."""
    rental = make_rental()
    Rental.objects.filter(pk=rental.pk).update(status=status)
    return Rental.objects.get(pk=rental.pk)


def test_every_status_is_named():
    assert set(Rental.TRANSITIONS) == set(Status.values)
    assert {(old, new) for old, news in Rental.TRANSITIONS.items() for new in news} == ALLOWED


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_each_pair_of_statuses(old, new):
    rental, received = rental_in(old), []

    def listen(subject, change, **told):
        received.append((subject.pk, change.status, told["old"], told["new"]))

    status_changed.connect(listen, sender=Rental)
    try:
        moved = rental.move_to(new, note="A step")
    except WrongStatus as refusal:
        assert (old, new) not in ALLOWED
        assert (refusal.status, refusal.code) == (400, "wrong_status")
        moved = False
    finally:
        status_changed.disconnect(listen, sender=Rental)
    stored = Rental.objects.get(pk=rental.pk)
    assert moved == ((old, new) in ALLOWED)
    assert stored.status == rental.status == (new if moved else old)
    assert stored.status_history.count() == (2 if moved else 1)
    assert received == ([(rental.pk, new, old, new)] if moved else [])


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status.values)
def test_what_each_status_means(status):
    rental = rental_in(status)
    assert rental.is_over == (status in ("completed", "returned", "cancelled"))
    assert rental.is_signed == (status in ("active", "completed", "returned"))


@pytest.mark.django_db
def test_a_stale_object_does_not_step_twice():
    rental = rental_in("active")
    stale = Rental.objects.get(pk=rental.pk)
    assert rental.move_to("returned")
    with pytest.raises(WrongStatus):
        stale.move_to("completed")
    assert stale.status == "returned"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "status"), [("sign-contract", "pending"), ("cancel", "pending"), ("return", "active")]
)
def test_a_listener_that_fails_undoes_the_whole_verb(verb, status):
    """Not the status alone: signature, schedule, stock and money, too."""
    rental = make_rental(signed=status == "active")
    api = client_of(rental.user)
    api.raise_request_exception = False
    pieces = rental.product.inventory_count

    def fail(**told):
        raise RuntimeError("A receiver broke.")

    status_changed.connect(fail, sender=Rental)
    try:
        assert api.post(f"rentals/{rental.pk}/{verb}").status_code == 500
    finally:
        status_changed.disconnect(fail, sender=Rental)
    after = fresh(rental)
    assert (after.status, after.contract.is_signed) == (status, status == "active")
    assert [one.state for one in after.installments.all()] == ["open"] * 12
    assert (after.product.inventory_count, after.checked_in_at) == (pieces, None)
    assert api.post(f"rentals/{rental.pk}/{verb}").status_code == 200


@pytest.mark.django_db
def test_overdue_is_derived_and_stored_nowhere():
    assert "overdue" not in Status.values
    for model in (Rental, *(relation.related_model for relation in Rental._meta.related_objects)):
        with pytest.raises(FieldDoesNotExist):
            model._meta.get_field("overdue")


VERBS = {
    "cancel": {"pending"},
    "return": {"active"},
    "sign-contract": {"pending"},
    "payment-intent": {"pending", "active"},
    "buyout": {"active"},
    "autopay": {"active"},
    "quote of buyout": {"active"},
    "ownership.pdf": {"completed"},
}
BRINGABLE = ["pending", "active", "completed", "returned", "cancelled"]


def brought_to(status):
    """A rental that has come to this status as customers bring it there."""
    rental = make_rental(signed=status not in ("pending", "cancelled"))
    if status == "completed":
        pay(rental, "buyout")
    elif status in ("returned", "cancelled"):
        verb = "return" if status == "returned" else "cancel"
        assert client_of(rental.user).post(f"rentals/{rental.pk}/{verb}").status_code == 200
    assert fresh(rental).status == status
    return rental


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "status"), list(itertools.product(VERBS, BRINGABLE)))
def test_each_verb_in_each_status(route, status):
    rental = brought_to(status)
    api = client_of(rental.user)
    path = f"rentals/{rental.pk}/{route}"
    calls = {
        "autopay": lambda: api.put(path, {"setup_intent_id": setup, "consent": True}),
        "quote of buyout": lambda: api.get(f"rentals/{rental.pk}/buyout"),
        "ownership.pdf": lambda: api.get(path),
        "payment-intent": lambda: api.post(path, {"purpose": "installment"}),
    }
    setup = save_card(api)
    before = snapshot()
    answer = calls.get(route, lambda: api.post(path))()
    if status not in VERBS[route]:
        refused(answer, 404 if route == "ownership.pdf" else 400)
        assert snapshot() == before
    elif route == "buyout":  # it may be done, and is to be paid
        assert refused(answer)["code"] == "invalid_transaction"
    else:
        assert answer.status_code == 200, answer.content


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("start", "ends"), [("pending", ("active", "cancelled")), ("active", ("completed", "returned"))]
)
def test_two_threads_want_different_steps(start, ends):
    for _ in range(20):
        rental = rental_in(start)
        jobs = [lambda pk=rental.pk, to=to: Rental.objects.get(pk=pk).move_to(to) for to in ends]
        results = race(jobs)
        assert [isinstance(result, WrongStatus) for result in results].count(True) == 1, results
        assert results.count(True) == 1
        assert rental.status_history.count() == 2
