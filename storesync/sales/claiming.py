"""An order is in one worker's hands: claimed for a lease, which every try of a call of the ERP renews first.

Whoever lost it to another worker asks the ERP for nothing, and writes nothing.
"""

from django.db.models import F, Q
from django.utils import timezone

from storesync.models import StoreOrder
from storesync.models.orders import LEASE


class ClaimLost(Exception):
    """The lease was over, and another worker took the order, or has done with it already."""


def claim(order: StoreOrder) -> bool:
    """Have the order alone for the time of the lease."""
    now = timezone.now()
    until = now + LEASE
    free = StoreOrder.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=order.pk)
    mine = free.filter(next_attempt_at=order.next_attempt_at).update(claimed_until=until, attempts=F("attempts") + 1)
    order.refresh_from_db()
    order.held_until = until if mine else None
    return bool(mine)


def renew(order: StoreOrder) -> None:
    """Have it for a whole lease from now on. Raises ClaimLost."""
    until = timezone.now() + LEASE
    mine = StoreOrder.objects.filter(pk=order.pk, claimed_until=order.held_until)
    if not mine.update(claimed_until=until):
        raise ClaimLost
    order.held_until = until


def lock(order: StoreOrder) -> None:
    """Lock its row until the transaction ends, and read it anew. Raises ClaimLost."""
    order.lock()
    if order.claimed_until != order.held_until:
        raise ClaimLost
