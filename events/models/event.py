"""Events, and where and of what kind they are."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models.product import TermField
from core.money import MoneyField
from core.states import Stateful, StatusChange, Transitions
from events.models.organizer import Organizer, OrganizerMember
from events.refund_policy import RefundPolicy


class Category(models.Model):
    """A kind of event. The first ten have fixed ids, which clients know."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    icon = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Venue(models.Model):
    """Where events take place. Online ones have a venue too."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, default="Nigeria")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gt=0), name="venue_capacity_positive"),
            # A comparison with NULL is neither true nor false, which passes: so each column is asked for.
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="venue_is_on_earth",
            ),
        ]
        indexes = [models.Index(fields=["city"], name="venue_by_city")]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

    @property
    def coordinates(self) -> dict[str, Decimal] | None:
        """Where it is on earth, as maps take it."""
        if self.latitude is None or self.longitude is None:
            return None
        return {"lat": self.latitude, "lng": self.longitude}


def folded_city(city: str) -> str:
    """A city's name, however its case is written."""
    return " ".join(city.casefold().split())[:100]


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about events."""

    def published(self) -> "EventQuerySet":
        """Those on sale or announced."""
        return self.filter(status=Event.Status.PUBLISHED)

    def visible_to(self, user: Any) -> "EventQuerySet":
        """Everything but drafts, which the members of their organizer see as well."""
        if not user.is_authenticated:
            return self.exclude(status=Event.Status.DRAFT)
        theirs = OrganizerMember.objects.filter(user=user).values("organizer")
        return self.filter(~Q(status=Event.Status.DRAFT) | Q(organizer__in=theirs))

    def with_details(self) -> "EventQuerySet":
        """With all that an EventShape answers, in two queries."""
        favorite: Any = self.model._meta.get_field("favorites").related_model
        kind: Any = self.model._meta.get_field("ticket_types").related_model
        hearts = favorite.objects.filter(event=OuterRef("pk")).order_by().values("event").annotate(n=Count("pk"))
        return (
            self.select_related("venue", "organizer", "category")
            .prefetch_related(Prefetch("ticket_types", kind.objects.with_quotas()))
            .annotate(favorite_count=Coalesce(Subquery(hearts.values("n")), Value(0)))
        )

    def managed_by(self, user: Any) -> "EventQuerySet":
        """Those that `user` may change."""
        return self.filter(organizer__in=Organizer.objects.of_member(user, *OrganizerMember.MANAGING))


class Event(Stateful):
    """An event: `starts_at` and `ends_at` are moments, `start_day` is the day on which it begins where it is.

    `city` is its venue's, folded for the filter. `reminded_at` is when its reminder was announced.
    `lowest_price` and `highest_price` are those of its ticket types, None without any. The refund policy is
    `refund_until_hours` before the start and `refund_percent` of the price; without both nothing is refunded.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        CANCELLED = "cancelled", "Cancelled"
        COMPLETED = "completed", "Completed"

    class Type(models.TextChoices):
        LIVE = "live", "Live"
        ONLINE = "online", "Online"
        HYBRID = "hybrid", "Hybrid"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.DRAFT: frozenset({Status.PUBLISHED, Status.CANCELLED}),
        Status.PUBLISHED: frozenset({Status.CANCELLED, Status.COMPLETED}),
        Status.CANCELLED: frozenset(),
        Status.COMPLETED: frozenset(),
    }
    LABEL = "The event"
    ticket_types: Any
    favorites: Any

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="events")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="events")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="events")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False)
    event_type = models.CharField(max_length=10, choices=Type.choices, default=Type.LIVE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=50, default="Africa/Lagos")
    start_day = models.DateField(editable=False)
    city = models.CharField(max_length=100, default="", editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    image_url = models.CharField(max_length=500, blank=True)
    external_url = models.CharField(max_length=500, blank=True)
    is_featured = models.BooleanField(default=False)
    lowest_price = MoneyField(null=True, editable=False)
    highest_price = MoneyField(null=True, editable=False)
    refund_until_hours = models.PositiveIntegerField(null=True, blank=True)
    refund_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    moved_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When its start or venue last changed: earlier buyers may have all back.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "published", "cancelled", "completed")), name="event_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(event_type__in=("live", "online", "hybrid")), name="event_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(refund_until_hours=None, refund_percent=None)
                | Q(refund_until_hours__isnull=False, refund_percent__isnull=False, refund_percent__range=(1, 100)),
                name="event_refund_policy_is_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "starts_at", "id", "ends_at"], name="event_by_start"),
            models.Index(fields=["status", "category", "starts_at"], name="event_by_category"),
            models.Index(fields=["status", "city", "starts_at"], name="event_by_city"),
            models.Index(fields=["status", "event_type", "starts_at"], name="event_by_type"),
            models.Index(fields=["status", "highest_price", "starts_at"], name="event_by_price"),
            models.Index(fields=["status", "is_featured", "starts_at"], name="event_by_feature"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which it takes place."""
        return ZoneInfo(self.time_zone)

    @property
    def is_free(self) -> bool:
        """Whether every ticket type costs nothing."""
        return not self.highest_price

    @property
    def is_on_sale(self) -> bool:
        """Whether tickets may be ordered, as far as the event is concerned."""
        return self.status == self.Status.PUBLISHED and self.starts_at > timezone.now()

    @property
    def refund_policy(self) -> RefundPolicy | None:
        """What its policy gives back; None: nothing."""
        if self.refund_until_hours is None or self.refund_percent is None:
            return None
        return RefundPolicy(until_hours=self.refund_until_hours, percent=self.refund_percent)

    @property
    def local_start(self) -> datetime:
        """When it begins, in its zone."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        """When it ends, in its zone."""
        return self.ends_at.astimezone(self.zone)

    @property
    def shown_ticket_types(self) -> list[Any]:
        """The ticket types that everybody sees; others are opened by a voucher."""
        return [kind for kind in self.ticket_types.all() if not kind.is_hidden]

    def set_times(self, starts_at: datetime, ends_at: datetime) -> None:
        """Write when it is, with the day on which it begins in its zone; the caller saves."""
        self.starts_at, self.ends_at = starts_at, ends_at
        self.start_day = starts_at.astimezone(self.zone).date()

    def set_venue(self, venue: Venue) -> None:
        """Write where it is; the caller saves."""
        self.venue, self.city = venue, folded_city(venue.city)


class EventStatusChange(StatusChange):
    """A step in an event's life."""

    subject = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="status_history")


class EventWord(models.Model):
    """A word by which an event is found: of its title, description, venue, city, organizer or category, folded."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="words", db_index=False)
    word = TermField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "word"], name="event_word_once")]
        indexes = [models.Index(fields=["word", "event"], name="event_by_word")]

    def __str__(self) -> str:
        return self.word
