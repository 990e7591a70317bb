"""Payments, refunds and webhook events in the back office."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from payments.models import GatewayCustomer, Payment, Refund, SavedCard, WebhookEvent
from payments.tests.shop import save_card
from payments.tests.test_money_by_hand import record

pytestmark = pytest.mark.django_db


def make_payment(**fields):
    user = fields.pop("user", None) or UserFactory()
    known = {"intent_id": f"pi_{Payment.objects.count()}", "client_secret": "pi_secret_SESAME"}
    return Payment.objects.create(**{"user": user, "amount": 10, "gateway": "sandbox", **known, **fields})


def event(**fields):
    body = {"data": {"object": {"id": "pi_9", "client_secret": "pi_secret_SESAME"}}}
    known = {"gateway": "sandbox", "event_id": "evt_1", "kind": "plan.created", "payload": json.dumps(body)}
    return WebhookEvent.objects.keep(**{**known, **fields})


def url(row, page="change"):
    return reverse(f"admin:payments_{row._meta.model_name}_{page}", args=[row.pk])


def test_secrets_are_not_shown(client):
    client.force_login(AdminFactory())
    for row, sign in ((make_payment(), "pi_0"), (event(), "pi_9")):
        page = client.get(url(row)).content.decode()
        assert sign in page
        assert "SESAME" not in page


def test_an_event_that_is_not_json_has_a_page(client):
    client.force_login(AdminFactory())
    assert "This is not JSON" in client.get(url(event(payload="{"))).content.decode()


def test_a_failed_event_is_run_again(client):
    client.force_login(AdminFactory())
    failed = event(status="failed", attempts=1)
    assert url(failed, "run-again") in client.get(url(failed)).content.decode()
    client.post(url(failed, "run-again"))
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("ignored", 2)
    assert url(failed, "run-again") not in client.get(url(failed)).content.decode()


def test_an_event_that_fails_again_says_why(client):
    client.force_login(AdminFactory())
    failed = event(status="failed", kind="payment_intent.succeeded", payload='{"data": {"object": {}}}')
    answer = client.post(url(failed, "run-again"), follow=True)
    assert "failed again: Unreadable" in str(next(iter(answer.context["messages"])))


def test_a_refund_that_the_gateway_refuses_says_so(client):
    client.force_login(AdminFactory())
    refund = Refund.objects.create(payment=make_payment(intent_id="pi_unknown"), amount=1, reason="Because")
    answer = client.post(url(refund, "try-again"), follow=True)
    assert answer.status_code == 200
    assert next(iter(answer.context["messages"])).level_tag == "error"


@pytest.mark.parametrize("row", [make_payment, event])
def test_nothing_is_written_by_hand(client, row):
    client.force_login(AdminFactory())
    there = row()
    before = type(there).objects.values().get()
    assert client.post(url(there), {"status": "succeeded", "amount": "0.01"}).status_code == 403
    assert client.post(url(there, "delete"), {"post": "yes"}).status_code == 403
    assert type(there).objects.values().get() == before


def test_lists_ask_the_same_for_any_number_of_rows(client):
    client.force_login(ManagerFactory())
    counts = []
    for number in (1, 2):
        for _ in range(number):
            Refund.objects.create(payment=make_payment(), amount=1, reason="Because")
            save_card()
        for model in ("payment", "refund", "savedcard"):
            path = reverse(f"admin:payments_{model}_changelist")
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            counts.append(len(captured))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 8


def test_who_took_money_by_hand_and_why_is_shown(client):
    client.force_login(ManagerFactory())
    payment = record()
    page = client.get(url(payment)).content.decode()
    assert payment.note in page
    assert str(payment.taken_by) in page


def test_a_saved_card_is_found_by_what_its_owner_knows_and_never_by_its_token(client):
    client.force_login(AdminFactory())
    card = save_card()
    tokens = [card.payment_method_id, GatewayCustomer.objects.get().customer_id]
    listed = reverse("admin:payments_savedcard_changelist")
    for page in (listed, url(card)):
        shown = client.get(page).content.decode()
        assert "4242" in shown
        assert not [token for token in tokens if token in shown]
    row = url(card)
    assert row in client.get(listed, {"q": "4242"}).content.decode()
    assert row in client.get(listed, {"q": card.user.email}).content.decode()
    for token in tokens:
        assert row not in client.get(listed, {"q": token}).content.decode()
    for column in ("payment_method_id__startswith", "customer__customer_id__startswith", "customer__key__startswith"):
        assert client.get(listed, {column: "pm"}).status_code == 400
    assert client.post(row, {"last4": "0000"}).status_code == 403
    assert SavedCard.objects.get().last4 == "4242"
