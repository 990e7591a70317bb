"""What was sold, summed by day."""

from django.db import models
from django.db.models import Q

from core.money import ZERO, MoneyField
from events.models.event import Event
from events.models.ticket_type import TicketType


class SalesDay(models.Model):
    """A day in Lagos that is over and summed (`events.money.summing`)."""

    day = models.DateField(unique=True)
    summed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"Sales of {self.day}"


class Sales(models.Model):
    """What was sold of a ticket type on one day, and what went back to buyers on it.

    `orders` are those with tickets of this type; `first_orders` those of which it is the first line, so that their
    sum over types counts each order once. `fees` are ours less what of them was given back.
    """

    day = models.DateField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="sales", db_index=False)
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="sales")
    orders = models.PositiveIntegerField(default=0)
    first_orders = models.PositiveIntegerField(default=0)
    tickets = models.PositiveIntegerField(default=0)
    gross = MoneyField(max_digits=16, default=ZERO)
    fees = MoneyField(max_digits=16, default=ZERO)
    refunds = MoneyField(max_digits=16, default=ZERO)

    class Meta:
        ordering = ["day", "id"]
        verbose_name_plural = "sales"
        constraints = [
            models.UniqueConstraint(fields=["event", "day", "ticket_type"], name="sales_once_a_day"),
            models.CheckConstraint(condition=Q(gross__gte=0, refunds__gte=0), name="sales_not_negative"),
        ]
        indexes = [models.Index(fields=["day"], name="sales_by_day")]

    def __str__(self) -> str:
        return f"{self.ticket_type} on {self.day}: {self.tickets}"
