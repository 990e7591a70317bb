"""The inbox in the back office: what waits, what went wrong, and the button that runs it again."""

import json

import pytest
from django.urls import reverse

from accounts.tests.factories import AdminFactory, ManagerFactory
from orders.tests.shop import client_of, deliver, event, intent_of, make_order, try_card
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


def test_a_second_click_while_the_first_is_at_work_does_nothing(client, order, parked, monkeypatch):
    client.force_login(AdminFactory())
    acted, said = [], []

    def act(event):
        acted.append(event.pk)
        answer = client.post(page(parked, "run-again"), follow=True)
        said.extend(str(message) for message in answer.context["messages"])
        return True

    monkeypatch.setattr("payments.inbox.handling.act", act)
    client.post(page(parked, "run-again"))
    assert (acted, said) == ([parked.pk], ["Another process runs it at this moment. Look again in a minute."])
    parked.refresh_from_db()
    assert (parked.status, parked.attempts) == ("handled", 2)


def test_the_page_shows_the_event_without_its_secrets(client, parked):
    client.force_login(AdminFactory())
    shown = client.get(page(parked)).content.decode()
    secret = json.loads(parked.payload)["data"]["object"]["client_secret"]
    assert parked.event_id in shown and "payment_intent.succeeded" in shown and "division by zero" in shown
    assert secret not in shown and "***" in shown


def test_one_that_was_handled_is_not_run_again(client, parked):
    client.force_login(AdminFactory())
    WebhookEvent.objects.update(status="handled")
    assert page(parked, "run-again") not in client.get(page(parked)).content.decode()
    answer = client.post(page(parked, "run-again"), follow=True)
    assert "another person was faster" in str(next(iter(answer.context["messages"])))
    assert (WebhookEvent.objects.get().status, WebhookEvent.objects.get().attempts) == ("handled", 1)


def test_what_is_not_there_is_not_found(client, parked):
    client.force_login(AdminFactory())
    parked.pk = 999999
    assert client.post(page(parked, "run-again")).status_code == 404


def test_a_customer_gets_to_none_of_it(client, order, parked):
    client.force_login(order.user)
    for answer in (client.get(LIST), client.get(page(parked)), client.post(page(parked, "run-again"))):
        assert answer.status_code == 302 and answer.url.startswith("/admin/login/")
    parked.refresh_from_db()
    assert parked.status == "parked"


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
