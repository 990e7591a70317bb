"""An unpaid order holds its stock for an hour; then it lets go, once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from orders.fulfilment import expire, expire_orders
from orders.tests.shop import (
    DECLINED,
    books_agree,
    client_of,
    confirm,
    deliver,
    event,
    intent_of,
    make_order,
    pay,
    run_worker,
    try_card,
)
from payments.models import SandboxIntent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(NOON)]


def state(order):
    """Where the order stands, and what is on the shelf."""
    order.refresh_from_db()
    return order.status, order.lines.get().product.inventory_count


@pytest.mark.parametrize(("minutes", "expired"), [(0, False), (60, False), (61, True), (6000, True)])
def test_after_an_hour(clock, minutes, expired):
    order = make_order(quantity=2)
    clock.shift(timedelta(minutes=minutes))
    assert expire_orders() == expired
    assert state(order) == (("cancelled", 5) if expired else ("pending", 3))


def test_the_hold_is_a_setting(clock, settings):
    settings.ORDER_HOLD_MINUTES = 5
    order = make_order()
    clock.shift(timedelta(minutes=6))
    assert expire_orders() == 1
    change = order.status_history.first()
    assert (change.notes, change.created_by) == ("Not paid within 5 minutes", "System")


def test_the_command_says_how_many_and_runs_twice(clock, capsys):
    orders = [make_order() for _ in range(3)]
    clock.shift(timedelta(hours=2))
    young = make_order()
    for line in ("orders expired: 3", "orders expired: 0"):
        call_command("expire_orders")
        assert capsys.readouterr().out.strip() == line
    assert {state(order) for order in orders} == {("cancelled", 5)}
    assert state(young) == ("pending", 4)
    assert orders[0].status_history.count() == 2


@pytest.mark.parametrize("received", [True, False])
def test_an_order_that_was_paid_survives(clock, received):
    order = make_order()
    if received:
        pay(order)
    else:  # the browser closed, and the webhook is late
        api = client_of(order.user)
        try_card(api, intent_of(api, order))
    clock.shift(timedelta(hours=2))
    assert expire_orders() == 0
    assert state(order) == ("processing", 4)
    assert order.payment_status == "paid"
    assert books_agree(order)


def test_a_declined_order_expires(clock):
    order = make_order()
    api = client_of(order.user)
    try_card(api, intent_of(api, order), DECLINED)
    run_worker()
    clock.shift(timedelta(hours=2))
    assert expire_orders() == 1
    assert state(order) == ("cancelled", 5)


def test_an_expired_order_takes_no_card(clock):
    order = make_order()
    api = client_of(order.user)
    intent = intent_of(api, order)
    clock.shift(timedelta(hours=2))
    api = client_of(order.user)  # the token of noon is over
    expire_orders()
    assert SandboxIntent.objects.get().status == "canceled"
    assert api.post(f"payments/sandbox/{intent}/pay", {"card": "4242424242424242"}).status_code == 400
    assert confirm(api, intent).status_code == 400


@pytest.mark.parametrize("step", ["processing", "shipped"])
def test_what_staff_took_on_does_not_expire(clock, step):
    order = make_order()
    order.move_to("processing")
    if step == "shipped":
        order.move_to("shipped")
    clock.shift(timedelta(hours=2))
    assert expire_orders() == 0
    assert state(order) == (step, 4)


def test_an_order_paid_after_the_look_at_the_gateway_survives(clock, monkeypatch):
    """The narrow moment: unpaid when asked, paid when it is cancelled."""
    order = make_order()
    intent = intent_of(client_of(order.user), order)
    clock.shift(timedelta(hours=2))

    def pay_meanwhile(order):
        api = client_of(order.user)
        try_card(api, intent)
        run_worker()
        return True

    monkeypatch.setattr("orders.fulfilment.still_unpaid", pay_meanwhile)
    assert expire(order) is False
    assert state(order) == ("processing", 4)
    assert order.payment_status == "paid"
    assert SandboxIntent.objects.get().refunded == 0


def test_a_late_webhook_of_an_expired_order_changes_nothing(clock):
    order = make_order()
    intent = intent_of(client_of(order.user), order)
    clock.shift(timedelta(hours=2))
    expire_orders()
    deliver(event(intent, "payment_intent.canceled"))
    run_worker()
    assert state(order) == ("cancelled", 5)
