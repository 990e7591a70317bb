"""What shoppers keep an eye on: favourites, and places in a waiting list."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models.event import Event
from events.models.ticket_type import TicketType


class Favorite(models.Model):
    """An event that a user likes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favorites")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="favorites")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="favorite_once")]

    def __str__(self) -> str:
        return f"{self.event} of {self.user}"


class WaitingEntry(models.Model):
    """Someone who waits for `quantity` tickets of a type. An offer holds the places until `offer_until`."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        OFFERED = "offered", "Offered"
        ORDERED = "ordered", "Ordered"
        EXPIRED = "expired", "Expired"
        LEFT = "left", "Left"

    OPEN = (Status.WAITING, Status.OFFERED)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="waiting_entries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="waiting_entries")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.CASCADE, related_name="waiting_entries")
    quantity = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING, editable=False)
    offer_until = models.DateTimeField(null=True, editable=False)
    # Opens the link in the mail with which one leaves; a digest is kept.
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "waiting entries"
        constraints = [
            models.CheckConstraint(condition=Q(quantity__range=(1, 100)), name="waiting_quantity_in_bounds"),
            models.CheckConstraint(
                condition=Q(status__in=("waiting", "offered", "ordered", "expired", "left")),
                name="waiting_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offer_until__isnull=False), name="waiting_offer_has_an_end"
            ),
        ]
        indexes = [models.Index(fields=["ticket_type", "status", "id"], name="waiting_in_order")]

    def __str__(self) -> str:
        return f"{self.user} waits for {self.quantity} x {self.ticket_type}"
