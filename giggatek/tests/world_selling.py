"""What was ordered at the box office, for the tests that cross all apps."""

from events.selling.placing import place_order
from events.tests.factories import make_event, make_type


def build_orders(world):
    """The owner's order of two free tickets, which can be given back, and one of the other customer."""
    kind = make_type(make_event(refund_until_hours=1, refund_percent=100), price="0")
    for user, name in ((world.owner, "ticket_order"), (world.other, "others_ticket_order")):
        setattr(world, name, place_order(user=user, event_id=kind.event_id, items={kind.pk: 2}))


def order_bodies(world):
    """Bodies by the names that the table of routes has for them."""
    order = world.ticket_order
    line = {"ticket_id": order.lines.get().ticket_type_id, "quantity": 1}
    return {
        "ticket-order": {"event_id": order.event_id, "tickets": [line]},
        "reference": {"reference": order.reference, "order_id": order.pk},
    }
