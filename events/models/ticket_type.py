"""What is on sale for an event, and how much of it there is."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.money import MoneyField
from events.models.event import Event

DEFAULT_MAX_PER_ORDER = 10


class Quota(models.Model):
    """So many places. `taken` are those sold or held, and `events.selling.places` alone changes it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="quotas")
    name = models.CharField(max_length=100, blank=True, help_text="Of a quota that several ticket types share.")
    size = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(taken__gte=0), name="quota_taken_not_negative"),
            models.CheckConstraint(condition=Q(taken__lte=F("size")), name="quota_not_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'Quota'}: {self.taken} of {self.size}"

    @property
    def left(self) -> int:
        """How many places are free."""
        return self.size - self.taken


class TicketTypeQuerySet(models.QuerySet["TicketType"]):
    """Questions about ticket types."""

    def with_quotas(self) -> "TicketTypeQuerySet":
        """With the quotas of which their tickets take places."""
        return self.select_related("quota", "shared_quota")


class TicketType(models.Model):
    """A kind of ticket of one event. Its own quota counts what of it is sold; one more may be shared with others."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="ticket_types")
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    price = MoneyField()
    quota = models.OneToOneField(Quota, on_delete=models.PROTECT, related_name="ticket_type")
    shared_quota = models.ForeignKey(
        Quota, null=True, blank=True, on_delete=models.PROTECT, related_name="sharing_types"
    )
    sale_starts_at = models.DateTimeField(null=True, blank=True)
    sale_ends_at = models.DateTimeField(null=True, blank=True)
    max_per_order = models.PositiveSmallIntegerField(default=DEFAULT_MAX_PER_ORDER)
    is_hidden = models.BooleanField(default=False, help_text="Sold only to those with a voucher that unlocks it.")

    objects = TicketTypeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="ticket_type_price_not_negative"),
            models.CheckConstraint(condition=Q(max_per_order__range=(1, 100)), name="ticket_type_max_in_bounds"),
            models.CheckConstraint(
                condition=Q(sale_starts_at=None) | Q(sale_ends_at=None) | Q(sale_ends_at__gt=F("sale_starts_at")),
                name="ticket_type_window_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.event})"

    @property
    def quotas(self) -> list[Quota]:
        """The quotas of which each of its tickets takes a place."""
        return [self.quota, self.shared_quota] if self.shared_quota else [self.quota]

    @property
    def left(self) -> int:
        """How many can still be had."""
        return min(quota.left for quota in self.quotas)

    @property
    def total(self) -> int:
        """How many are on sale in all: those sold and those still to be had."""
        return self.quota.taken + self.left

    @property
    def is_in_window(self) -> bool:
        """Whether now is between the moments from and until which it is sold."""
        now = timezone.now()
        return not (self.sale_starts_at and now < self.sale_starts_at) and not (
            self.sale_ends_at and now >= self.sale_ends_at
        )

    @property
    def is_available(self) -> bool:
        """Whether it can be ordered now: of an event on sale, in its window, some left."""
        return self.event.is_on_sale and self.is_in_window and self.left > 0
