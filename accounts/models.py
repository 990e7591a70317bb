"""Users, the sessions behind their tokens, their one-time tokens and addresses."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.emails import normalize, spelled
from accounts.languages import DEFAULT, LANGUAGES, NAMES
from accounts.roles import STAFF_ROLES, Role, role_allows, role_sees_app


class UserManager(BaseUserManager["User"]):
    """Users by e-mail."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail, however it is typed."""
        return self.get(email=spelled(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A customer, unless `role` says otherwise; without a password there is no signing in."""
        user = self.model(email=normalize(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An admin, as `manage.py createsuperuser` makes one."""
        return self.create_user(email, password, **{**fields, "role": Role.ADMIN})


NAME_LENGTH = 100
FULL_NAME_LENGTH = NAME_LENGTH + 1 + NAME_LENGTH


class User(AbstractBaseUser):
    """A person with an account: a customer, a manager or an admin. The e-mail is the login."""

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=NAME_LENGTH)
    last_name = models.CharField(max_length=NAME_LENGTH)
    phone = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.CUSTOMER)
    language = models.CharField(max_length=10, choices=list(NAMES.items()), default=DEFAULT)
    is_active = models.BooleanField(default=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    # A SHA-256 of the Google account's `sub`, since MySQL does not tell upper from lower case.
    google_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    objects = UserManager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="user_language_is_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        """First and last name, at most FULL_NAME_LENGTH characters."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """The first name, or the e-mail when there is none."""
        return self.first_name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the user works here."""
        return self.role in STAFF_ROLES

    @property
    def is_admin(self) -> bool:
        """Whether the user may do everything."""
        return self.role == Role.ADMIN

    is_superuser = is_admin

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Django's question, answered by role."""
        return self.is_active and role_allows(self.role, permission)

    def has_perms(self, permissions: list[str], obj: Any = None) -> bool:
        """Whether the role has all of `permissions`."""
        return all(self.has_perm(permission) for permission in permissions)

    def has_module_perms(self, app_label: str) -> bool:
        """Django's question about a whole app, answered by role."""
        return self.is_active and role_sees_app(self.role, app_label)


class SessionQuerySet(models.QuerySet["Session"]):
    """Questions about sessions."""

    def alive(self) -> "SessionQuerySet":
        """Sessions that are neither revoked nor over, of users who may still sign in."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)

    def revoke(self) -> int:
        """End them all; the number that were still open."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())


class Session(models.Model):
    """A sign-in at one face. Every token names its session, so ending the session ends its tokens at once.

    Of its refresh tokens it knows the newest and, until a grace is over, the one before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    face = models.CharField(max_length=20, default="shop")
    refresh_jti = models.CharField(max_length=32)
    previous_jti = models.CharField(max_length=32, blank=True, default="")
    rotated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Session of user {self.user_id} since {self.created_at:%Y-%m-%d %H:%M}"

    def accepts(self, jti: str) -> bool:
        """Whether this is its newest refresh token, or the one before that while the grace lasts."""
        if jti == self.refresh_jti:
            return True
        grace = timedelta(seconds=settings.REFRESH_GRACE_SECONDS)
        return jti == self.previous_jti and self.rotated_at is not None and timezone.now() < self.rotated_at + grace


class OneTimeToken(models.Model):
    """A secret sent by mail. Only its SHA-256 is stored; it is good once and for a limited time."""

    class Purpose(models.TextChoices):
        """What the token allows."""

        PASSWORD_RESET = "password_reset", "Password reset"
        EMAIL_VERIFICATION = "email_verification", "E-mail verification"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_tokens")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} for user {self.user_id}"


class PostalAddress(models.Model):
    """The fields of an address, as the contract names them."""

    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    street_address = models.CharField(max_length=255)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=100, blank=True)
    zip_code = models.CharField(max_length=20)
    country = models.CharField(max_length=2, default="US")
    phone = models.CharField(max_length=40, blank=True)

    SNAPSHOT_KEYS = (
        "first_name",
        "last_name",
        "street_address",
        "city",
        "state",
        "zip_code",
        "country",
        "phone",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.street_address}, {self.city}"


class AddressQuerySet(models.QuerySet["Address"]):
    """Questions about addresses."""

    def visible_to(self, user: Any) -> "AddressQuerySet":
        """The user's own addresses that are not deleted."""
        return self.filter(user=user, deleted_at=None)


class Address(PostalAddress):
    """An address in a customer's book. Deleting hides it; what was sent there keeps a copy of its own."""

    class Kind(models.TextChoices):
        """What the address may be used for."""

        SHIPPING = "shipping", "Shipping"
        BILLING = "billing", "Billing"
        BOTH = "both", "Both"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="addresses")
    address_type = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BOTH)
    is_default = models.BooleanField(default=False)
    # The user's id while this is the default, else null: a unique column that allows one default each,
    # also on MySQL, which has no partial unique index.
    default_of = models.OneToOneField(
        User, null=True, editable=False, on_delete=models.PROTECT, related_name="default_address"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ["-is_default", "-id"]
        verbose_name_plural = "addresses"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_default=True, default_of__isnull=False) | Q(is_default=False, default_of__isnull=True),
                name="address_default_is_one",
            ),
        ]

    def as_snapshot(self) -> dict[str, Any]:
        """The address as an order or rental keeps it: the contract's keys, `id` included."""
        return {"id": self.pk, **{key: getattr(self, key) for key in self.SNAPSHOT_KEYS}}

    def hide(self, *, at: datetime) -> None:
        """Take the address out of the book; it stays readable wherever it was used."""
        self.deleted_at, self.is_default, self.default_of = at, False, None
        self.save(update_fields=["deleted_at", "is_default", "default_of"])
