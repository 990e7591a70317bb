"""The shops and the ERP that belong to a user of the hub, and how much may be asked of them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.db import transactional
from core.encryption import EncryptedTextField
from core.states import Stateful, StatusChange, Transitions
from core.text.canonical import sha256
from storesync.signals import trouble_found


class Platform(models.TextChoices):
    """Where a shop runs."""

    SHOPIFY = "shopify", "Shopify"
    WOOCOMMERCE = "woocommerce", "WooCommerce"
    GIGGATEK = "giggatek", "GigGatek"


def connection_key(owner: Any, platform: str, identity: str) -> str:
    """What no two connections share."""
    return sha256(f"{owner.pk} {platform} {identity}")


class ConnectionQuerySet(models.QuerySet["Connection"]):
    """Questions about connections."""

    def kept(self) -> "ConnectionQuerySet":
        """Those that were not removed."""
        return self.exclude(status=Connection.Status.REMOVED)

    def visible_to(self, user: Any) -> "ConnectionQuerySet":
        """The user's own."""
        return self.kept().filter(owner=user)

    def enabled(self) -> "ConnectionQuerySet":
        """Those that are synced now."""
        return self.filter(status=Connection.Status.ACTIVE)


class Connection(Stateful):
    """A shop of a user. Paused: it gets no stock, and its orders wait. Broken: it refused our credentials.

    `address` is where it is called, `identity` what the shop calls itself, whatever the address. `key` is the digest
    of owner, platform and identity; none once it is removed, so that the shop can be connected again (MySQL has no
    partial index). `cursor` is the moment up to which all changed orders are stored.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        BROKEN = "broken", "Broken"
        REMOVED = "removed", "Removed"

    TRANSITIONS: ClassVar[Transitions] = {
        Status.ACTIVE: frozenset({Status.PAUSED, Status.BROKEN, Status.REMOVED}),
        Status.PAUSED: frozenset({Status.ACTIVE, Status.BROKEN, Status.REMOVED}),
        Status.BROKEN: frozenset({Status.ACTIVE, Status.PAUSED, Status.REMOVED}),
        Status.REMOVED: frozenset(),
    }
    LABEL = "The connection"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="connections")
    platform = models.CharField(max_length=20, choices=Platform.choices)
    address = models.CharField(max_length=255, help_text="The shop's host, or its address with https://.")
    identity = models.CharField(max_length=255, editable=False)
    key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE, editable=False)
    credentials = EncryptedTextField(null=True)
    webhook_secret = EncryptedTextField(null=True)
    scopes = models.CharField(max_length=500, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When its token ends.")
    renewing_until = models.DateTimeField(null=True, editable=False, help_text="Its token is renewed by a worker.")
    buffer = models.PositiveIntegerField(default=0, help_text="How many pieces of each SKU are held back.")
    max_listed = models.PositiveIntegerField(null=True, blank=True, help_text="How many are shown at most.")
    locations = models.JSONField(default=list, blank=True, help_text="Ids of its locations that get stock.")
    price_sync = models.BooleanField(default=False, help_text="Whether it gets the ERP's prices, too.")
    sku_prefix = models.CharField(max_length=40, blank=True, help_text="Our own catalogue: which SKUs belong to it.")
    cursor = models.DateTimeField(null=True, editable=False)
    orders_from = models.DateTimeField(
        default=timezone.now, editable=False, help_text="What was paid in the shop before is not sold by us."
    )
    last_sync_at = models.DateTimeField(null=True, editable=False)
    last_delivery_at = models.DateTimeField(null=True, editable=False)
    hooks_checked_at = models.DateTimeField(null=True, editable=False)
    items_read_at = models.DateTimeField(null=True, editable=False, help_text="When its items were last read whole.")
    filling_until = models.DateTimeField(null=True, editable=False, help_text="A worker creates items in it.")
    hooks_lost_at = models.DateTimeField(null=True, editable=False, help_text="When some were gone at a check.")
    hooks_problem = models.CharField(max_length=200, blank=True, editable=False)
    hooks_told_at = models.DateTimeField(null=True, editable=False, help_text="When the problem was told.")
    drift_count = models.PositiveIntegerField(null=True, editable=False, help_text="Cells that differed at a check.")
    drift_value = models.DecimalField(max_digits=22, decimal_places=4, null=True, editable=False)
    drift_checked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(platform__in=Platform.values), name="connection_platform_is_known"),
            models.CheckConstraint(condition=~Q(identity=""), name="connection_has_an_identity"),
            models.CheckConstraint(
                condition=Q(status__in=("active", "paused", "broken", "removed")), name="connection_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status="removed", key__isnull=True, credentials__isnull=True, webhook_secret__isnull=True)
                | ~Q(status="removed") & Q(key__isnull=False),
                name="connection_keeps_no_secret_once_removed",
            ),
        ]
        indexes = [models.Index(fields=["platform", "identity"], name="connection_by_identity")]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.address}"

    def touched_fields(self) -> list[str]:
        """Once it is removed it keeps no secret, and its shop can be connected again."""
        if self.status != self.Status.REMOVED:
            return super().touched_fields()
        self.key = self.credentials = self.webhook_secret = None
        return [*super().touched_fields(), "key", "credentials", "webhook_secret"]

    @transactional
    def break_off(self, *, note: str) -> None:
        """The shop refused these credentials: it is asked no more until it has others, as it may by now."""
        refused = self.credentials
        self.lock()
        if self.credentials == refused and self.can_move_to(self.Status.BROKEN):
            self.move_to(self.Status.BROKEN, note=note)
            told = str(self.status_history.latest("pk").pk)
            trouble_found.send(sender=Connection, about=self, kind="broken", message=note, occurrence=told)

    @property
    def is_enabled(self) -> bool:
        """Whether it is synced now."""
        return self.status == self.Status.ACTIVE


class ConnectionStatusChange(StatusChange):
    """A step in a connection's life."""

    subject = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="status_history")


class HookRemoval(models.Model):
    """Webhooks that are to be removed from a shop that was disconnected.

    It keeps the shop's credentials, sealed, until that is done or given up.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="hook_removal")
    credentials = EncryptedTextField()
    hook_address = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=0)


class ErpConfig(models.Model):
    """A user's ERP: where its stock is the truth, and its sales are written.

    `account` is what makes it another one: its host and the business in it.
    """

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="erp")
    address = models.CharField(max_length=255)
    account = models.CharField(max_length=300, editable=False)
    token = EncryptedTextField()
    location_id = models.PositiveBigIntegerField()
    contact_id = models.PositiveBigIntegerField(default=1)
    currency = models.CharField(max_length=3, blank=True, help_text="Orders in another one wait for a person.")
    refused_at = models.DateTimeField(null=True, editable=False, help_text="Since when it refuses the token.")
    read_at = models.DateTimeField(null=True, editable=False, help_text="When its stock was last read whole.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "ERP"
        constraints = [models.CheckConstraint(condition=~Q(account=""), name="erp_is_an_account")]

    def __str__(self) -> str:
        return self.address

    @transactional
    def refuse(self) -> None:
        """It refused this token: it is asked no more until it has another, which it may have by now."""
        refused = self.token
        self.refresh_from_db(from_queryset=ErpConfig.objects.select_for_update())
        if self.token == refused and self.refused_at is None:
            self.refused_at = timezone.now()
            self.save(update_fields=["refused_at"])
            said = {"kind": "broken", "message": "The ERP refused its token."}
            trouble_found.send(sender=ErpConfig, about=self, occurrence=self.refused_at.isoformat(), **said)


class CallBudget(models.Model):
    """A token bucket, which all workers share: how many calls, or points, a shop still takes at `counted_at`."""

    connection: Any = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="budget")
    left = models.DecimalField(max_digits=9, decimal_places=2)
    most = models.DecimalField(max_digits=9, decimal_places=2)
    a_second = models.DecimalField(max_digits=7, decimal_places=2)
    counted_at = models.DateTimeField()
    closed_until = models.DateTimeField(null=True, help_text="The shop asked us to wait until then.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(a_second__gt=0, most__gt=0), name="call_budget_fills"),
        ]


class Consent(models.Model):
    """A consent that was asked of a merchant at Shopify: its `state` is good once, for ten minutes, for one shop."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state_digest = models.CharField(max_length=64, unique=True)
    shop = models.CharField(max_length=255)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
