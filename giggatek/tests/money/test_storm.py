"""A storm of webhooks: each five times, in any order, from sixteen sides. The end is that of a quiet day."""

import random

import pytest

from core.testing.races import race
from giggatek.tests.money.storms import STORIES, order, picture, rental, without_mails
from orders.models import ShippingMethod
from orders.tests.shop import deliver
from payments import inbox
from payments.models import WebhookEvent
from payments.refunds.services import send_pending

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

EVENTS, TIMES, SIDES = 200, 5, 16


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def told(body):
    """One delivery, and a worker who takes it up at once."""
    answer = deliver(body)
    assert answer.status_code == 200, answer.content
    inbox.handle_event.func(WebhookEvent.objects.get(event_id=body["id"]).pk)


def live(story, make, report):
    """Let the story happen to a new order or rental; what it was. `report` gets each event when it happens."""
    subject, intent = make()
    for step in STORIES[story]:
        for body in step(subject, intent):
            report(body)
    return subject


def plan():
    """Stories of orders and rentals in turn, with 200 events between them."""
    chosen, left, number = [], EVENTS, 0
    names = list(STORIES)
    while left:
        story, make = names[number % len(names)], (order, rental)[number // len(names) % 2]
        count = sum(2 if "given_back" in step.__qualname__ else step.__name__ != "over" for step in STORIES[story])
        if count <= left:
            chosen.append((story, make))
            left -= count
        number += 1
    return chosen


def test_a_storm_ends_as_a_quiet_day():
    chosen = plan()
    calm = {(story, make): live(story, make, told) for story, make in dict.fromkeys(chosen)}
    send_pending()
    quiet = {key: picture(subject) for key, subject in calm.items()}
    WebhookEvent.objects.all().delete()
    bodies = []
    with without_mails():  # until the storm begins
        subjects = [(live(story, make, bodies.append), story, make) for story, make in chosen]
    assert len(bodies) == EVENTS
    deliveries = bodies * TIMES
    random.Random(20261121).shuffle(deliveries)

    def side(number):
        for body in deliveries[number::SIDES]:
            told(body)

    results = race([lambda number=number: side(number) for number in range(SIDES)])
    assert results == [None] * SIDES
    assert not list(WebhookEvent.objects.exclude(status="handled").values_list("kind", "status", "error"))
    assert set(WebhookEvent.objects.values_list("attempts", flat=True)) == {1}
    assert WebhookEvent.objects.count() == EVENTS
    send_pending()
    for subject, story, make in subjects:
        assert picture(subject) == quiet[story, make], story
