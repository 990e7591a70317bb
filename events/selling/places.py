"""Places: the one writer of `Quota.taken`.

A hot row is held for a moment only: it is written by one conditional UPDATE, in the order of keys, and callers do
that as the last thing before they commit. What is sold and what is held count alike, so completing changes nothing.
"""

from collections import Counter
from collections.abc import Mapping

from django.db.models import F

from events.models import Quota, TicketType
from events.selling.errors import SoldOut

Quantities = Mapping[TicketType, int]


def take(quantities: Quantities) -> None:
    """Take so many places of each type. Inside a transaction, which the refusal must undo. Raises SoldOut."""
    for quota_id, wanted in by_quota(quantities):
        free = Quota.objects.filter(pk=quota_id, size__gte=F("taken") + wanted)
        if not free.update(taken=F("taken") + wanted):
            raise SoldOut


def give_back(quantities: Quantities) -> None:
    """Free so many places of each type, which were taken before."""
    for quota_id, number in by_quota(quantities):
        Quota.objects.filter(pk=quota_id).update(taken=F("taken") - number)


def are_short(quantities: Quantities) -> bool:
    """Whether there are fewer, by what was read with the types: so the crowd is refused before it writes."""
    quotas = {quota.pk: quota for kind in quantities for quota in kind.quotas}
    return any(quotas[quota_id].left < wanted for quota_id, wanted in by_quota(quantities))


def by_quota(quantities: Quantities) -> list[tuple[int, int]]:
    """How many places of each quota that is, in the order of keys."""
    wanted: Counter[int] = Counter()
    for kind, quantity in quantities.items():
        for quota_id in filter(None, (kind.quota_id, kind.shared_quota_id)):
            wanted[quota_id] += quantity
    return sorted(wanted.items())
