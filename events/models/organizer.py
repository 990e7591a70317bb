"""Who holds events, and the people who work for them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.encryption import EncryptedTextField


class OrganizerQuerySet(models.QuerySet["Organizer"]):
    """Questions about organizers."""

    def verified(self) -> "OrganizerQuerySet":
        """Those that staff have verified."""
        return self.exclude(verified_at=None)

    def visible_to(self, user: Any) -> "OrganizerQuerySet":
        """The verified ones, and those for which the user works."""
        if not user.is_authenticated:
            return self.verified()
        mine = OrganizerMember.objects.filter(user=user).values("organizer")
        return self.filter(Q(verified_at__isnull=False) | Q(pk__in=mine))

    def of_member(self, user: Any, *roles: str) -> "OrganizerQuerySet":
        """Those for whom `user` works, in one of `roles` if any are given, the oldest first."""
        mine = OrganizerMember.objects.filter(user=user, **({"role__in": roles} if roles else {}))
        return self.filter(pk__in=mine.values("organizer")).order_by("pk")


class Organizer(models.Model):
    """Who holds events and is paid for their tickets. It sells once staff have verified it."""

    name = models.CharField(max_length=150)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    logo_url = models.CharField(max_length=500, blank=True)
    bank_details = EncryptedTextField(
        null=True, blank=True, editable=True, help_text="Bank, account and name, as a transfer needs them."
    )
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    members: Any = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="OrganizerMember", related_name="organizers"
    )

    objects = OrganizerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        """Whether staff have verified it."""
        return self.verified_at is not None


class OrganizerMember(models.Model):
    """A person who works for an organizer: owners and managers hold events, scanners stand at the gates."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        MANAGER = "manager", "Manager"
        SCANNER = "scanner", "Scanner"

    # Who may change events, read the figures and undo a scan.
    MANAGING = (Role.OWNER, Role.MANAGER)

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="organizer_memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organizer", "user"], name="organizer_member_once"),
            models.CheckConstraint(
                condition=Q(role__in=("owner", "manager", "scanner")), name="member_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display().lower()} of {self.organizer}"
