"""What buyers, staff and the gateway do with tickets, in one line each."""

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from core.errors import DomainError
from core.money import to_minor
from events.models import Event, Quota, Ticket, TicketOrder, TicketType, WaitingEntry
from events.selling import paying, placing, refunding
from payments.models import Refund
from payments.refunds.services import send_refund
from payments.tests.paylater import PaylaterGateway, paylater

__all__ = ["paylater", "tickets_for_sale"]


@pytest.fixture
def tickets_for_sale(paylater, settings):
    """Tickets are paid through the tests' provider, whose other side is answered."""
    settings.EVENTS_GATEWAY = PaylaterGateway.name
    return paylater


def order_tickets(kind: TicketType, quantity: int = 1, *, user: User | None = None, **more) -> TicketOrder:
    """An order of so many of one type, by a new user unless one is given; `items` names further types."""
    items = {kind.pk: quantity, **more.pop("items", {})}
    return placing.place_order(user=user or UserFactory(), event_id=kind.event_id, items=items, **more)


def sell_out(kind: TicketType) -> TicketOrder:
    """All that is left of a free type is ordered by one person."""
    return order_tickets(fresh(kind), fresh(kind).left)


def add_places(kind: TicketType, count: int) -> None:
    """So many places are free again, as if tickets had been given back."""
    Quota.objects.filter(pk=kind.quota_id).update(size=F("size") + count)


def pay(order: TicketOrder, *, kobo: int | None = None, verify: bool = True) -> TicketOrder:
    """The popup, and unless the client is gone its call of verify; the order as it stands then."""
    amount = to_minor(order.total, "NGN") if kobo is None else kobo
    PaylaterGateway.provider.pay(order.reference, amount)
    if verify:
        paying.verify(order=order)
    return fresh(order)


def paid_order(kind: TicketType, quantity: int = 1, **more) -> TicketOrder:
    """An order that was paid and verified."""
    order = pay(order_tickets(kind, quantity, **more))
    assert order.status == "completed"
    return order


def let_hold_end(order: TicketOrder) -> TicketOrder:
    """Its hold is over from now on, and nobody has noticed."""
    TicketOrder.objects.filter(pk=order.pk).update(hold_until=timezone.now())
    return fresh(order)


def give_back(order: TicketOrder, *tickets: Ticket, by: User | None = None, **more) -> Refund | None:
    """Its buyer, or `by`, refunds these tickets, or all."""
    chosen = list(tickets or order.tickets.all())
    return refunding.refund_tickets(order=fresh(order), tickets=chosen, by=by or order.user, reason="Ill", **more)


def send_all_refunds(status: str = "processed") -> None:
    """The worker sends what is pending, and the provider's bank takes it, or does not."""
    provider = PaylaterGateway.provider
    for refund in Refund.objects.filter(status="pending").select_related("payment"):
        send_refund(refund=refund)
        for row in provider.refunds:
            if row["status"] == "pending":
                provider.conclude(row, status)
        send_refund(refund=Refund.objects.select_related("payment").get(pk=refund.pk))


def fresh(thing):
    """As it is in the database now."""
    return type(thing)._default_manager.get(pk=thing.pk)


def taken(*kinds: TicketType) -> list[int]:
    """What is sold or held of each type."""
    return [Quota.objects.get(pk=kind.quota_id).taken for kind in kinds]


def places_agree(event: Event) -> bool:
    """Whether each quota has as many places taken as are held or on valid tickets."""
    for quota in event.quotas.all():
        kinds = TicketType.objects.filter(quota=quota) | TicketType.objects.filter(shared_quota=quota)
        held = sum(
            quantity
            for order in event.orders.held()
            for kind, quantity in order.quantities().items()
            if quota.pk in (kind.quota_id, kind.shared_quota_id)
        )
        offers = WaitingEntry.objects.filter(ticket_type__in=kinds, status="offered")
        held += sum(offers.values_list("quantity", flat=True))
        assert quota.taken == held + Ticket.objects.valid().filter(ticket_type__in=kinds).count()
    return True


def outcomes(results):
    """What came of it: `done`, or the code of the refusal; any other exception is itself, so that a test shows it."""
    return [
        result.code if isinstance(result, DomainError) else repr(result) if isinstance(result, Exception) else "done"
        for result in results
    ]
