"""The outbox: every mail, and what became of it."""

from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone


class EmailStatus(models.TextChoices):
    """What became of a mail. Sent: the mail server or provider took it; the rest is the provider's tracking."""

    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    OPENED = "opened", "Opened"
    BOUNCED = "bounced", "Bounced"
    COMPLAINED = "complained", "Complained"
    FAILED = "failed", "Failed"
    SUPPRESSED = "suppressed", "Not sent"


# The mail server or the provider has it, as far as we know.
TAKEN = (EmailStatus.SENT, EmailStatus.DELIVERED, EmailStatus.OPENED, EmailStatus.COMPLAINED)
# It was not sent, and waits for staff.
NEVER_LEFT = (EmailStatus.FAILED, EmailStatus.SUPPRESSED)
# What a mail goes through; of two states that cross, the later one here wins.
RANKS: dict[str, int] = {
    status: rank
    for rank, status in enumerate(
        (
            EmailStatus.SUPPRESSED,
            EmailStatus.QUEUED,
            EmailStatus.SENT,
            EmailStatus.FAILED,
            EmailStatus.DELIVERED,
            EmailStatus.OPENED,
            EmailStatus.BOUNCED,
            EmailStatus.COMPLAINED,
        )
    )
}

# Stands in the stored text where the secret belongs, which is put in at the moment of sending.
SECRET_MARK = "hidden-until-sent"
# A mail that fails is tried again after these waits, and then parked.
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
# How long whoever claims a mail has it alone; longer than a mail server may take to answer.
LEASE = timedelta(minutes=5)
# How far the clocks of two machines may differ before a mail waits for the sweep.
CLOCK_SKEW = timedelta(seconds=5)


def new_message_id() -> str:
    """A Message-ID under the sender's domain. It belongs to the mail, so each attempt carries the same one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{uuid4().hex}@{domain}>"


class EmailQuerySet(models.QuerySet["Email"]):
    def due(self, *, now: datetime) -> "EmailQuerySet":
        """Mails to send now, among them those that a killed worker left behind."""
        return self.filter(status=Email.Status.QUEUED, next_attempt_at__lte=now + CLOCK_SKEW)

    def to_follow_up(self) -> "EmailQuerySet":
        """Sent mails from which something follows that was not done."""
        return self.filter(status__in=TAKEN, follow_up_open=True)

    def queued_copies(self, *, of: int) -> "EmailQuerySet":
        """What is on its way of the mail `of` (its id) that was sent again."""
        return self.filter(resent_from=of, status=Email.Status.QUEUED)

    def parked(self) -> "EmailQuerySet":
        return self.filter(status=Email.Status.FAILED)

    def with_old_body(self, *, before: datetime) -> "EmailQuerySet":
        """Mails made before that moment, not waiting any more, whose body was not removed yet."""
        return self.filter(body_removed_at=None, created_at__lt=before).exclude(status=Email.Status.QUEUED)


class Email(models.Model):
    """One mail: of one kind, for one event, to one address, and there is never a second such row.

    `next_attempt_at` is also the lease: to claim a mail is to move it into the future, so whoever dies
    with it loses it by itself. A secret link's token is not in the texts but in `secret`, and is forgotten
    once it is sent. `context` is kept only while the texts could not be rendered. `attachments` only names files
    (`outbox.attachments.Reference`). `follow_up_open` is set at the start and cleared once, so that what follows from
    the mail (`Mail.after_sending`) is done once, whoever sends it. `provider_id` is the provider's id for it, which
    its tracking names. A mail that was sent once more is a row of its own (`resent_from`).
    """

    Status = EmailStatus

    kind = models.CharField(max_length=40)
    face = models.CharField(max_length=20, default="shop", help_text="In whose name it speaks.")
    event = models.CharField(max_length=80, help_text="What caused it, such as order-status:17.")
    recipient = models.EmailField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="emails"
    )
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    secret = models.CharField(max_length=200, blank=True, editable=False)
    context = models.JSONField(default=dict, blank=True, editable=False)
    attachments = models.JSONField(default=list, blank=True, editable=False)
    follow_up_open = models.BooleanField(default=False, editable=False)
    message_id = models.CharField(max_length=150, default=new_message_id, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True, editable=False)
    body_removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    resent_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="resent"
    )
    resent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = EmailQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "event", "recipient"], name="email_once_per_event"),
        ]
        indexes = [
            models.Index(fields=["status", "next_attempt_at"], name="email_due"),
            models.Index(fields=["follow_up_open", "status"], name="email_to_follow_up"),
            models.Index(fields=["message_id"], name="email_by_message_id"),
            models.Index(fields=["provider_id"], name="email_by_provider_id"),
            models.Index(fields=["sent_at"], name="email_by_sending"),
            models.Index(fields=["body_removed_at", "created_at"], name="email_by_body"),
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ').capitalize()} to {self.recipient}"

    def with_secret(self, body: str) -> str:
        """`body` with the secret in its place; as it is when the secret is forgotten."""
        return body.replace(SECRET_MARK, quote(self.secret, safe="")) if self.secret else body

    def for_staff(self, body: str) -> str:
        """`body` as staff may see it: a live link only in the demo, whose mails go nowhere else."""
        return self.with_secret(body) if settings.DEMO else body

    def claim(self) -> bool:
        """Have this mail alone for the time of the lease; False when it is not due or another sender has it."""
        now = timezone.now()
        mine = (
            type(self)
            .objects.due(now=now)
            .filter(pk=self.pk)
            .update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1)
        )
        if mine:
            self.refresh_from_db()
        return bool(mine)

    def record_sent(self, *, provider_id: str = "", at: datetime | None = None) -> None:
        """The mail server or provider took it. Outside the demo its secret is forgotten.

        One statement, since whoever is killed before it sends the mail again. The provider's tracking may have been
        faster: the status that it set stays.
        """
        ours = models.Q(status=self.Status.QUEUED)
        type(self).objects.filter(pk=self.pk).update(
            sent_at=Coalesce("sent_at", at or timezone.now()),
            provider_id=provider_id or F("provider_id"),
            secret=F("secret") if settings.DEMO else "",
            last_error=Case(When(ours, then=Value("")), default=F("last_error"), output_field=models.TextField()),
            # Last, because MySQL assigns from left to right and asks for the status before.
            status=Case(When(ours, then=Value(self.Status.SENT)), default=F("status")),
        )
        self.refresh_from_db()

    def record_failure(self, error: Exception, *, final: str = "") -> None:
        """It did not go: try again later; park it after the last wait, or give it the `final` status at once.

        One that bounced forgets its secret. Only whoever made the last attempt may say so: another may have claimed
        and sent it after our lease.
        """
        self.last_error = self.without_secret(f"{type(error).__name__}: {error}")
        if final or self.attempts > len(RETRY_AFTER):
            self.status = self.Status(final or self.Status.FAILED)
            self.secret = self.secret if self.status in NEVER_LEFT else ""
        else:
            self.next_attempt_at = timezone.now() + RETRY_AFTER[self.attempts - 1]
        type(self).objects.filter(pk=self.pk, status=self.Status.QUEUED, attempts=self.attempts).update(
            status=self.status, next_attempt_at=self.next_attempt_at, last_error=self.last_error, secret=self.secret
        )

    def without_secret(self, text: str) -> str:
        """`text` without the secret, which a mail server may quote when it refuses a mail."""
        for spelling in filter(None, {self.secret, quote(self.secret, safe="")}):
            text = text.replace(spelling, SECRET_MARK)
        return text

    def apply_tracking_status(self, status: str, *, at: datetime, why: str = "") -> bool:
        """Move to the status of the provider's tracking, which comes in any order; whether that is a change.

        For a row that is locked. A later step is never undone by an earlier one. A mail that the provider tracks was
        sent: one whose sender was killed before it could record that is not sent again.
        """
        if RANKS[status] <= RANKS[self.status]:
            return False
        if not self.sent_at:
            self.record_sent(at=at)
        self.status = self.Status(status)
        self.last_error = "" if status in TAKEN else self.without_secret(why)
        self.save(update_fields=["status", "last_error"])
        return True
