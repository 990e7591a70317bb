"""The inbox: each event once, again with growing waits when it fails, and then to staff."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from notifications.models import Email
from orders.tests.shop import client_of, deliver, event, intent_of, make_order, raw, try_card
from payments import inbox, services
from payments.gateways.base import GatewayUnavailable
from payments.models import WebhookEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return make_order()


@pytest.fixture
def paid(order):
    """The order's intent, paid at the gateway; the inbox is empty."""
    customer = client_of(order.user)
    intent = intent_of(customer, order)
    assert try_card(customer, intent) == "succeeded"
    WebhookEvent.objects.all().delete()
    return intent


@pytest.fixture
def kept(paid):
    """The event that tells of it, stored and not acted on."""
    deliver(event(paid))
    return WebhookEvent.objects.get()


@pytest.fixture
def broken(monkeypatch):
    """Nothing can be settled; the list notes each try."""
    tries = []

    def no(**_):
        tries.append(timezone.now())
        raise GatewayUnavailable

    monkeypatch.setattr("payments.services.apply_intent", no)
    return tries


def sweep():
    call_command("handle_webhooks", verbosity=0)


def test_the_worker_and_the_sweep_do_not_act_on_it_at_once(kept, monkeypatch):
    acted = []

    def act(event):
        acted.append(event.attempts)
        inbox.handle_event.func(event.pk)
        assert inbox.handle_left(older_than=timedelta(0)) == 0
        assert inbox.handle(WebhookEvent.objects.get(pk=event.pk)).status == "received"
        return True

    monkeypatch.setattr("payments.inbox.handling.act", act)
    assert inbox.handle(kept).status == "handled"
    assert acted == [1]


def test_what_a_killed_worker_claimed_is_due_again_after_its_lease(order, kept):
    assert kept.claim()
    with time_machine.travel(timezone.now() + WebhookEvent.LEASE - timedelta(seconds=10)):
        sweep()
        assert WebhookEvent.objects.get().status == "received"
    with time_machine.travel(timezone.now() + WebhookEvent.LEASE + timedelta(minutes=1)):
        sweep()
    assert (WebhookEvent.objects.get().status, WebhookEvent.objects.get().attempts) == ("handled", 2)
    order.refresh_from_db()
    assert order.payment_status == "paid"


def test_whoever_lost_the_lease_has_no_word_any_more(kept):
    assert kept.claim()
    with time_machine.travel(timezone.now() + WebhookEvent.LEASE * 2):
        assert inbox.handle(WebhookEvent.objects.get()).status == "handled"
    assert not kept.conclude("failed", error="too late")
    assert WebhookEvent.objects.get().status == "handled"


def test_a_failure_is_tried_again_with_growing_waits_and_then_parked(order, kept, broken):
    admin, _manager, _gone = AdminFactory(), ManagerFactory(), AdminFactory(is_active=False)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        begin = timezone.now()
        inbox.handle_event.func(kept.pk)
        for wait in WebhookEvent.RETRY_AFTER:
            clock.shift(wait - timedelta(seconds=10))
            inbox.handle_event.func(kept.pk)
            clock.shift(timedelta(seconds=10))
            inbox.handle_event.func(kept.pk)
        clock.shift(timedelta(days=3))
        sweep()
    waits = [later - earlier for earlier, later in zip([begin, *broken], broken, strict=False)]
    assert waits == [timedelta(0), *WebhookEvent.RETRY_AFTER]
    kept.refresh_from_db()
    assert (kept.status, kept.attempts) == ("parked", len(WebhookEvent.RETRY_AFTER) + 1)
    assert kept.error == "GatewayUnavailable: The payment provider does not answer. Try again in a moment."
    mail = Email.objects.get(kind="staff_webhook_parked")
    assert mail.recipient == admin.email
    assert kept.event_id in mail.text
    assert "does not answer" in mail.text


def test_the_worker_itself_comes_back_when_the_next_try_is_due(kept, broken):
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.all().delete()
    inbox.handle_event.func(kept.pk)
    kept.refresh_from_db()
    assert DBTaskResult.objects.get().run_after == kept.next_attempt_at
    assert kept.next_attempt_at - kept.handled_at == WebhookEvent.RETRY_AFTER[0]


def test_a_parked_event_is_run_again_by_the_command(order, kept, monkeypatch, capsys):
    WebhookEvent.objects.update(status="parked", attempts=7, error="Something")
    sweep()
    assert WebhookEvent.objects.get().status == "parked"
    call_command("handle_webhooks", "--parked")
    assert "parked events run again: 1" in capsys.readouterr().out
    assert WebhookEvent.objects.get().status == "handled"
    order.refresh_from_db()
    assert order.payment_status == "paid"


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ({"amount": 1}, "0.01 USD for 599.99 USD"),
        ({"currency": "eur"}, "599.99 EUR for 599.99 USD"),
        ({"currency": "jpy"}, "59999 JPY for 599.99 USD"),
        ({"amount": "x"}, "Unreadable"),
        ({"amount": None}, "Unreadable"),
        ({"currency": None}, "Unreadable"),
        ({"status": ["succeeded"]}, "Unreadable"),
        ({"last_payment_error": "x"}, "Unreadable"),
        ({"latest_charge": {}}, "Unreadable"),
        ({"id": None}, "Unreadable"),
    ],
)
@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "payment_intent.payment_failed"])
def test_what_cannot_be_is_parked_at_once_and_changes_nothing(order, paid, lie, why, kind):
    AdminFactory()
    assert deliver(event(paid, kind, **lie)).status_code == 200
    kept = inbox.handle(WebhookEvent.objects.get())
    assert (kept.status, kept.attempts) == ("parked", 1)
    assert why in kept.error
    assert order.payments().get().status == "created"
    order.refresh_from_db()
    assert order.payment_status == "pending"
    assert Email.objects.filter(kind="staff_webhook_parked").count() == 1


def refund_event(intent, **changes):
    data = {"id": "re_1", "object": "refund", "payment_intent": intent, "amount": 59999, "currency": "usd",
            "status": "succeeded", "metadata": {}, **changes}  # fmt: skip
    return {"id": "evt_refund", "type": "refund.updated", "data": {"object": data}}


@pytest.mark.parametrize(
    "told",
    [
        lambda intent: event(intent, id="pi_of_somebody_else"),
        lambda intent: event(intent, "customer.subscription.paused"),
        lambda intent: event(intent, "x" * 400),
        lambda intent: refund_event("pi_of_somebody_else"),
        lambda intent: refund_event(None),
    ],
)
def test_what_is_not_about_us_is_kept_and_ignored(order, paid, told):
    assert deliver(told(paid)).status_code == 200
    assert inbox.handle(WebhookEvent.objects.get()).status == "ignored"
    assert order.payments().get().status == "created"


def test_a_refund_in_another_currency_is_parked_and_not_booked(order, paid):
    """A hundred yen are not a dollar."""
    assert deliver(refund_event(paid, currency="jpy", amount=100)).status_code == 200
    kept = inbox.handle(WebhookEvent.objects.get())
    assert (kept.status, kept.attempts) == ("parked", 1)
    assert "100 JPY" in kept.error
    assert not order.payments().get().refunds.exists()


def test_an_intent_without_an_id_is_not_taken_for_a_payment_without_an_intent(paid):
    bare = services.open_payment(user=UserFactory(), amount=Decimal("599.99"), currency="USD", gateway="sandbox")
    deliver(event(paid, id=None))
    assert inbox.handle(WebhookEvent.objects.get()).status == "parked"
    bare.refresh_from_db()
    assert bare.status == "created"


def test_an_event_that_is_not_at_an_end_is_no_news_but_a_reason_to_ask(order, paid):
    """It may be older than what the gateway knows now."""
    deliver(event(paid, "payment_intent.requires_action", status="requires_action"))
    assert inbox.handle(WebhookEvent.objects.get()).status == "handled"
    assert order.payments().get().status == "succeeded"


class Unread:
    """A body of which no more may be read than `most` bytes."""

    readline = None

    def __init__(self, most):
        self.left = most

    def read(self, size=-1):
        assert 0 <= size <= self.left, f"{size} bytes were asked for"
        self.left -= size
        return b"x" * size


@pytest.mark.parametrize("path", ["/api/payments/webhook", "/payment/webhook.php"])
@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes_are_refused_unread(api, settings, path, chunked):
    limit = settings.API_MAX_BODY + 1 if chunked else 0
    length = {"HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {"CONTENT_LENGTH": str(10 * 1024 * 1024)}
    request = {"wsgi.input": Unread(limit), "PATH_INFO": path, "REQUEST_METHOD": "POST", **length}
    answer = api.request(**request, HTTP_STRIPE_SIGNATURE="t=1,v1=00")
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert not WebhookEvent.objects.exists()


def test_an_event_as_large_as_is_read_is_taken(paid, settings):
    told = event(paid)
    told["padding"] = ""
    told["padding"] = "x" * (settings.API_MAX_BODY - len(raw(told)))
    assert len(raw(told)) == settings.API_MAX_BODY
    assert deliver(told).status_code == 200
    assert inbox.handle(WebhookEvent.objects.get()).status == "handled"


@pytest.mark.parametrize("other", ["evt_aBc", "evt_ab\u0107", "evt_AbC ", "evt_AbC" + "x" * 500])
def test_ids_that_a_database_could_confuse_are_events_of_their_own(paid, other):
    long = "evt_AbC" + "x" * 499
    for event_id in ("evt_AbC", long, other, other):
        assert deliver(event(paid, event_id=event_id)).status_code == 200
    assert WebhookEvent.objects.filter(event_id__in=["evt_AbC", long[:120], other[:120]]).count() == 3
