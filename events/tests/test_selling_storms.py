"""A rush of buyers, and one order that everybody ends at once, with Paystack's stand-in as the bank.

Sixty of each; STORM_ROUNDS=1000 in the environment makes it a thousand, which takes minutes.
"""

import os
import random
import time
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from accounts.tests.factories import UserFactory
from core.testing.races import race
from events.models import Quota, Ticket, TicketOrder
from events.selling import expiring, paying
from events.tests.clients import error, events_client
from events.tests.factories import make_event, make_type
from events.tests.shop import fresh, let_hold_end, order_tickets, outcomes, places_agree, taken
from payments import inbox
from payments.ledger.checking import differences
from payments.models import Invoice, LedgerEntry, Refund
from payments.reconciling import reconcile
from payments.tests.mock_paystack import paystack, signed

__all__ = ["paystack"]

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("STORM_ROUNDS", "60"))
AT_ONCE = 40  # each has a connection to the database
KOBO = 5000_00
PATIENCE = 90  # seconds in which a buyer asks again


@pytest.fixture
def event(settings):
    settings.EVENTS_THROTTLE_USER = settings.EVENTS_THROTTLE_ANON = "100000/min"
    made = make_event()
    events_client().get(f"events/{made.pk}")  # the client builds its OpenAPI document before there are threads
    return made


def buy(buyer, kind, bank):
    """Order one ticket, pay and verify; "success", or the refusal."""
    placed = buyer.post("orders", {"event_id": kind.event_id, "tickets": [{"ticket_id": kind.pk, "quantity": 1}]})
    if placed.status_code != 201:
        return error(placed)
    intent = placed.json()["payment_intent"]
    bank.popup(intent["reference"], intent["amount"])
    for _ in range(PATIENCE):  # the stand-in shares this process with the buyers, and may answer too late
        verdict = buyer.post("orders/verify", {"reference": intent["reference"]}).json()["status"]
        if verdict != "pending":
            break
        time.sleep(1)
    return verdict


def test_a_rush_for_the_places_of_three_types(paystack, event):
    """For each ten buyers there are three places: they are sold, nobody else is charged."""
    places = ROUNDS * 3 // 10
    shared = Quota.objects.create(event=event, name="Hall", size=places)
    kinds = [make_type(event, quantity=places // 2, shared=shared) for _ in range(3)]
    rush = [partial(buy, events_client(UserFactory()), kinds[number % 3], paystack) for number in range(ROUNDS)]
    queues = race([lambda n=n: [visit() for visit in rush[n::AT_ONCE]] for n in range(AT_ONCE)])
    seen = Counter(answer for queue in queues for answer in queue)
    assert seen == {"success": places, (409, "SOLD_OUT"): ROUNDS - places}
    assert fresh(shared).taken == sum(taken(*kinds)) == Ticket.objects.valid().count() == places
    charged = {row["reference"]: row["amount"] for row in paystack.memory.kept["transactions"]}
    completed = TicketOrder.objects.filter(status="completed").values_list("reference", flat=True)
    assert charged == dict.fromkeys(completed, KOBO)
    assert (TicketOrder.objects.count(), Refund.objects.count()) == (places, 0)
    assert list(differences()) == []
    assert places_agree(event)


class Round:
    """An order of the last place, and each of those who may end it; two of three are paid at the bank."""

    def __init__(self, number, event, bank):
        self.is_paid = bool(number % 3)
        self.kind = make_type(event, quantity=1)
        self.order = order_tickets(self.kind)
        if number % 2:
            let_hold_end(self.order)
        bank.popup(self.order.reference, KOBO, status="success" if self.is_paid else "failed", webhook=True)
        self.payload = bank.sent.pop()
        self.sides = [
            self.verify, self.verify, self.webhook, self.sweep, self.reconcile, self.cancel, expiring.expire_orders,
        ]  # fmt: skip
        random.Random(number).shuffle(self.sides)

    def verify(self):
        paying.verify(order=fresh(self.order))

    def webhook(self):
        inbox.handle(inbox.receive(gateway="paystack", payload=self.payload, signature=signed(self.payload)))

    def sweep(self):
        inbox.handle_left(older_than=timedelta(0))

    def reconcile(self):
        assert [str(one) for one in reconcile(since=self.order.created_at) if not one.repaired] == []

    def cancel(self):
        expiring.cancel_order(order=fresh(self.order), by=self.order.user)


def test_all_who_may_end_one_order_at_once(paystack, event):
    """Its place is sold once when it was paid, late or not, and free when it was not."""
    paid = 0
    for number in range(ROUNDS):
        now = Round(number, event, paystack)
        seen = set(outcomes(race(now.sides)))
        assert seen <= {"done", "wrong_status"}, seen
        order, paid = fresh(now.order), paid + now.is_paid
        assert order.tickets.count() == taken(now.kind)[0] == int(now.is_paid)
        assert order.status in (["completed"] if now.is_paid else ["expired", "cancelled"])
        assert order.status_history.filter(status="completed").count() == int(now.is_paid)
    for effects in (
        LedgerEntry.objects.filter(kind="payment_settled"),
        LedgerEntry.objects.filter(kind="ticket_order_paid"),
        Invoice.objects.all(),
    ):
        assert effects.count() == paid
    assert (list(differences()), Refund.objects.count()) == ([], 0)
    assert places_agree(event)
