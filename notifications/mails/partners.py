"""Mails to those who hold events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Sum
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.money import ZERO
from events.api.face import EVENTS
from events.models import Organizer, OrganizerMember, Payout, TicketOrder
from events.signals import payout_made
from notifications.mails.base import Group, Mail, Recipient
from notifications.mails.events import naira, site
from notifications.mails.wording import localized_money

PARTNERS = Group("partners", gettext_lazy("Your events and payouts"), face=EVENTS.name)


class PartnerMail(Mail):
    """To the owners and managers of an organizer."""

    group = PARTNERS
    required = False
    notice_link = "dashboard_url"

    def __init__(self, organizer: Organizer, *, event: str) -> None:
        self.organizer, self.event = organizer, event

    def recipients(self) -> Iterable[Recipient]:
        managing = {"role__in": OrganizerMember.MANAGING, "organizer": self.organizer}
        users = User.objects.filter(pk__in=OrganizerMember.objects.filter(**managing).values("user"), is_active=True)
        return [Recipient(user.email, user) for user in users.order_by("pk")]


class PartnerOrders(PartnerMail):
    """What was ordered in an hour, and paid or free; queued by `mail_partner_orders`."""

    kind = "partner_order"

    class Context(TypedDict):
        organizer: str
        orders: int
        total: str
        dashboard_url: str

    def __init__(self, organizer: Organizer, *, since: datetime, until: datetime) -> None:
        super().__init__(organizer, event=f"orders:{organizer.pk}:{since:%Y-%m-%dT%H}")
        completed = TicketOrder.objects.filter(
            event__organizer=organizer,
            status_history__status=TicketOrder.Status.COMPLETED,
            status_history__created_at__range=(since, until),
        )
        self.orders = completed.count()
        self.total = completed.aggregate(total=Sum("total"))["total"] or ZERO

    def context(self) -> Context:
        return {
            "organizer": self.organizer.name,
            "orders": self.orders,
            "total": localized_money(self.total, "NGN"),
            "dashboard_url": site("partners"),
        }

    @classmethod
    def example(cls) -> Context:
        return {
            "organizer": "Lagoon Nights",
            "orders": 3,
            "total": naira("25000"),
            "dashboard_url": site("partners"),
        }

    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"single": {"orders": 1}}


class PartnerPayout(PartnerMail):
    """Money is on its way to the organizer's bank."""

    kind = "partner_payout"
    signal, sender = payout_made, Payout

    class Context(TypedDict):
        organizer: str
        amount: str
        event: str
        reference: str
        dashboard_url: str

    def __init__(self, *, payout: Payout, **_: Any) -> None:
        super().__init__(payout.organizer, event=f"payout:{payout.pk}")
        self.payout = payout

    def context(self) -> Context:
        payout = self.payout
        return {
            "organizer": payout.organizer.name,
            "amount": localized_money(payout.amount, payout.currency),
            "event": payout.event.title,
            "reference": payout.bank_reference,
            "dashboard_url": site("partners"),
        }

    @classmethod
    def example(cls) -> Context:
        return {
            "organizer": "Lagoon Nights",
            "amount": naira("975500"),
            "event": "Lagos Jazz Night",
            "reference": "TRF-2027-0042",
            "dashboard_url": site("partners"),
        }
