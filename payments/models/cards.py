"""Saved cards: what we know of them. The numbers stay with the gateway, which gives us tokens."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models


class GatewayCustomer(models.Model):
    """A user's account at a gateway, with the cards. `customer_id` is null until the gateway has answered it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    customer_id = models.CharField(max_length=120, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "gateway"], name="gateway_customer_once"),
            models.UniqueConstraint(fields=["gateway", "customer_id"], name="gateway_customer_of_one_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.gateway}"

    @property
    def idempotency_key(self) -> str:
        """Under which the gateway makes at most one customer of this user."""
        return f"customer-{self.key.hex}"


class CardSetup(models.Model):
    """A try to save a card: the customer types it into the gateway's own form, which answers to us with a token."""

    class Status(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "Open"
        SUCCEEDED = "succeeded", "Saved"
        CANCELLED = "cancelled", "Cancelled"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    setup_id = models.CharField(max_length=120)
    client_secret = models.CharField(max_length=255)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "setup_id"], name="card_setup_once")]

    def __str__(self) -> str:
        return self.setup_id


class SavedCardQuerySet(models.QuerySet["SavedCard"]):
    """Questions about saved cards."""

    def visible_to(self, user: Any) -> "SavedCardQuerySet":
        """The user's own."""
        return self.filter(user=user)

    def kept(self) -> "SavedCardQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at=None)


class SavedCard(models.Model):
    """A card that may be charged while its owner is away. A removed one stays as a row, since charges name it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_cards")
    gateway = models.CharField(max_length=20)
    customer = models.ForeignKey(GatewayCustomer, on_delete=models.PROTECT, related_name="cards")
    payment_method_id = models.CharField(max_length=120)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # The customer while this is their default card, else null: a unique column, so that they have one at most.
    default_of = models.OneToOneField(
        GatewayCustomer, null=True, editable=False, on_delete=models.PROTECT, related_name="default_card"
    )

    objects = SavedCardQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "payment_method_id"], name="saved_card_once"),
            models.CheckConstraint(
                condition=models.Q(exp_month__gte=1, exp_month__lte=12), name="saved_card_month_of_a_year"
            ),
            models.CheckConstraint(
                condition=models.Q(default_of__isnull=True) | models.Q(removed_at__isnull=True),
                name="saved_card_default_is_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand.capitalize()} •••• {self.last4}"

    @property
    def is_default(self) -> bool:
        """Whether it is the one that its owner pays with unless they say otherwise."""
        return self.default_of_id is not None
