"""Money that went to organizers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.money import CurrencyField, MoneyField
from events.models.event import Event
from events.models.order import CURRENCY
from events.models.organizer import Organizer
from payments.models import LedgerEntry


class Payout(models.Model):
    """A transfer from our bank to an organizer's for one event, entered by staff with the bank's reference.

    There is none without its entry in the ledger.
    """

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="payouts")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="payouts")
    amount = MoneyField()
    currency = CurrencyField(default=CURRENCY)
    bank_reference = models.CharField(max_length=100, unique=True)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="payout", editable=False)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount_positive")]

    def __str__(self) -> str:
        return f"Payout {self.bank_reference}"
