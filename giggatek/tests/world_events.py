"""The box office of the world: the owner holds events, tickets and offers of tickets."""

from datetime import timedelta

from django.utils import timezone

from events.models import Event, Favorite
from events.selling import waiting
from events.signals import waiting_offered
from events.tests.factories import make_event, make_organizer, make_type
from events.tests.gates import offer, scan, ticket_of
from events.tests.shop import add_places, sell_out


def build_box_office(world):
    """An event of the owner's organizer, tickets that the owner holds, and one that the owner is offered.

    The other customer has a ticket, too, so that a list that forgets whose it is shows it.
    """
    world.organizer = make_organizer(owner=world.owner)
    world.event = make_event(organizer=world.organizer, title="Jazz by the Lagoon")
    Event.objects.filter(pk=world.event.pk).update(created_at=timezone.now() - timedelta(days=1))
    world.kind = make_type(world.event, price="0")
    world.ticket, world.used = (ticket_of(world.owner, event=world.event) for _ in range(2))
    scan(world.used, by=world.owner)
    world.offered = offer(ticket_of(world.other, event=world.event), world.owner.email)
    world.sold_out = make_type(world.event, price="0", quantity=1)
    world.waiting = waiting_token(world)
    world.draft = make_event({}, organizer=world.organizer, status="draft")
    world.ticket_type = make_type(world.event, price="5000")
    world.venue, world.category = world.event.venue, world.event.category
    world.favorite = Favorite.objects.create(user=world.owner, event=world.event)


def waiting_token(world):
    """The token in the link of an offer of places to the owner."""
    tokens = []

    def listen(token, **_):
        tokens.append(token)

    waiting_offered.connect(listen)
    try:
        sell_out(world.sold_out)
        waiting.join(user=world.owner, event_id=world.event.pk, ticket_type_id=world.sold_out.pk, quantity=1)
        add_places(world.sold_out, 1)
        waiting.offer_free_places()
    finally:
        waiting_offered.disconnect(listen)
    return tokens[0]


def box_office_bodies(world):
    """A good body for each operation of the box office that reads one."""
    scanned = {"code": world.ticket.code, "scan_id": "world"}
    return {
        "friend": {"email": "friend@example.com"},
        "wait": {"ticket_type_id": world.sold_out.pk, "quantity": 2},
        "scan": scanned,
        "scans": {"scans": [scanned]},
        "new-event": {
            "title": "Jazz",
            "description": "",
            "category_id": 1,
            "venue_id": world.venue.pk,
            "start_datetime": "2030-12-05T18:00:00",
            "end_datetime": "2030-12-05T23:00:00",
            "tickets": [{"name": "Regular", "price": 5000, "quantity": 200}],
        },
        "title": {"title": "Jazz"},
        "ticket-type": {"name": "VIP", "price": 20000, "quantity": 10},
        "seats": {"quantity": 300},
        "organizer": {"name": "Lagoon Events", "email": "hello@example.com"},
        "favorite": {"event_id": world.event.pk},
        "undo": {"user_ticket_id": world.used.pk, "reason": "Wrong person"},
    }
