"""The inbox in the back office: what waits, what went wrong, and the button that runs it again."""

import pytest
from django.urls import reverse

from accounts.tests.factories import AdminFactory, ManagerFactory
from orders.tests.events import deliver, event
from orders.tests.factories import make_order
from orders.tests.shop import client_of, intent_of, try_card
from payments import inbox
from payments.models import WebhookEvent

pytestmark = pytest.mark.django_db

LIST = reverse("admin:payments_webhookevent_changelist")


@pytest.fixture
def order():
    return make_order()


@pytest.fixture
def parked(order):
    """An event that was parked, though the money is at the gateway."""
    customer = client_of(order.user)
    intent = intent_of(customer, order)
    try_card(customer, intent)
    WebhookEvent.objects.all().delete()
    deliver(event(intent))
    kept = WebhookEvent.objects.get()
    assert kept.claim()
    assert kept.conclude("parked", error="ZeroDivisionError: division by zero")
    return kept


def page(row, step=""):
    address = reverse("admin:payments_webhookevent_change", args=[row.pk])
    return address.replace("change/", f"{step}/") if step else address


def test_the_list_shows_what_is_parked_and_why(client, parked):
    client.force_login(AdminFactory())
    shown = client.get(LIST, {"status__exact": "parked"}).content.decode()
    assert parked.event_id in shown
    assert "division by zero" in shown
    assert parked.event_id not in client.get(LIST, {"status__exact": "handled"}).content.decode()


def test_a_parked_event_is_replayed_and_does_what_it_should_have(client, order, parked):
    client.force_login(AdminFactory())
    assert page(parked, "run-again") in client.get(page(parked)).content.decode()
    client.post(page(parked, "run-again"))
    parked.refresh_from_db()
    order.refresh_from_db()
    assert (parked.status, parked.error, order.payment_status) == ("handled", "", "paid")
    client.post(page(parked, "run-again"))
    assert order.status_history.count() == 2


def test_one_that_cannot_be_mended_is_parked_again_with_its_reason(client, order, parked):
    client.force_login(AdminFactory())
    parked.payload = parked.payload.replace('"currency": "usd"', '"currency": "eur"')
    parked.save()
    answer = client.post(page(parked, "run-again"), follow=True)
    assert "failed again: AmountMismatch" in str(next(iter(answer.context["messages"])))
    parked.refresh_from_db()
    order.refresh_from_db()
    assert (parked.status, order.payment_status) == ("parked", "pending")


def test_a_manager_sees_and_replays_nothing(client, order, parked):
    client.force_login(ManagerFactory())
    for answer in (client.get(LIST), client.get(page(parked)), client.post(page(parked, "run-again"))):
        assert answer.status_code == 403
    assert inbox.handle(parked).status == "parked"
    order.refresh_from_db()
    assert order.payment_status == "pending"
