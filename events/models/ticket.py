"""Tickets, what gates made of them, and how they change hands."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q

from accounts.models import FULL_NAME_LENGTH
from core.states import Stateful, StatusChange, Transitions
from events.models.event import Event
from events.models.order import TicketOrder, TicketOrderLine
from events.models.ticket_type import TicketType
from payments.models import Refund


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Questions about tickets."""

    def visible_to(self, user: Any) -> "TicketQuerySet":
        """Those that the user holds."""
        return self.filter(user=user)

    def valid(self) -> "TicketQuerySet":
        """Those that admit, or did."""
        return self.filter(status__in=(Ticket.Status.ACTIVE, Ticket.Status.USED))

    def with_their_buyers(self) -> "TicketQuerySet":
        """Those that were not handed on: the code of any other is its new holder's alone."""
        return self.filter(user=F("order__user"))

    def with_details(self) -> "TicketQuerySet":
        """With all that a UserTicketShape answers, in three queries."""
        return self.prefetch_related(Prefetch("event", Event.objects.with_details()))


class Ticket(Stateful):
    """Admits one person once. `user` holds it now; who bought it stands on its order.

    `code` is what its QR code says, signed by us; a transfer raises `generation`, signs a new one and revokes the
    last. `refund` is the refund with which its price went back, or goes.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        USED = "used", "Used"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.ACTIVE: frozenset({Status.USED, Status.CANCELLED, Status.EXPIRED}),
        Status.USED: frozenset({Status.ACTIVE, Status.CANCELLED}),
        Status.CANCELLED: frozenset(),
        # Scans made offline may arrive when the event is over.
        Status.EXPIRED: frozenset({Status.USED, Status.CANCELLED}),
    }
    ADMISSIBLE = (Status.ACTIVE, Status.EXPIRED)
    LABEL = "The ticket"

    order = models.ForeignKey(TicketOrder, on_delete=models.PROTECT, related_name="tickets")
    line = models.ForeignKey(TicketOrderLine, on_delete=models.PROTECT, related_name="tickets")
    number = models.PositiveSmallIntegerField(help_text="From 1, within its line.")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="issued_tickets")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="issued_tickets")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tickets")
    attendee_name = models.CharField(max_length=FULL_NAME_LENGTH, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE, editable=False)
    generation = models.PositiveSmallIntegerField(default=1, editable=False)
    # Empty until the ticket has its id, which the code names; both are written in the transaction that issues it.
    code = models.CharField(max_length=300, blank=True, editable=False)
    code_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    checked_in_at = models.DateTimeField(null=True, editable=False)
    checked_in_gate = models.CharField(max_length=60, blank=True, editable=False)
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="ticket_number_once_a_line"),
            models.CheckConstraint(
                condition=Q(status__in=("active", "used", "cancelled", "expired")), name="ticket_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="used") | Q(checked_in_at__isnull=False), name="ticket_used_at_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="ticket_of_user"),
            models.Index(fields=["event", "status"], name="ticket_of_event"),
            models.Index(fields=["created_at"], name="ticket_by_day"),
        ]

    def __str__(self) -> str:
        return f"Ticket #{self.pk}"

    @property
    def kind(self) -> TicketType:
        """Its ticket type, among those that were read with its event."""
        return next(kind for kind in self.event.ticket_types.all() if kind.pk == self.ticket_type_id)


class TicketStatusChange(StatusChange):
    """A step in a ticket's life."""

    subject = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="status_history")


class Scan(models.Model):
    """One scan at a gate of an event, answered once for its `scan_id`.

    `scan_digest` is what is unique, since MySQL's collations hold different ids for equal. `scanned_at` is the
    moment that the scanner gives, `created_at` the one at which the scan arrived here.
    """

    class Result(models.TextChoices):
        ADMITTED = "admitted", "Admitted"
        ALREADY_USED = "already_used", "Already used"
        CANCELLED = "cancelled", "Cancelled"
        REPLACED = "replaced", "Replaced by a later code"
        WRONG_EVENT = "wrong_event", "Of another event"
        UNKNOWN = "unknown", "Unknown"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="scans")
    scan_id = models.CharField(max_length=100)
    scan_digest = models.CharField(max_length=64, editable=False)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="scans")
    result = models.CharField(max_length=20, choices=Result.choices)
    gate = models.CharField(max_length=60, blank=True)
    device = models.CharField(max_length=100, blank=True)
    scanned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scans")
    scanned_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    # Of the admission, as it was answered then.
    used_at = models.DateTimeField(null=True, blank=True)
    used_gate = models.CharField(max_length=60, blank=True)
    is_conflict = models.BooleanField(default=False, help_text="Admitted offline although it was used elsewhere.")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["event", "scan_digest"], name="scan_once_a_list")]
        indexes = [models.Index(fields=["event", "result"], name="scan_of_event")]

    def __str__(self) -> str:
        return f"{self.scan_id}: {self.result}"


class Transfer(models.Model):
    """An offer to hand a ticket over, open until `expires_at`; `open_for` is its ticket while it is open."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="transfers")
    open_for = models.OneToOneField(
        Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="open_transfer", editable=False
    )
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.ticket} to {self.email}"
