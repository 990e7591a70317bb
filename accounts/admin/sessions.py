"""Sign-ins: to read, and to end."""

from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Session, User
from core.admin.badges import badge
from core.admin.steps import ReadOnlyStepsAdmin, Step


def is_open(session: Session) -> bool:
    """Whether the session's tokens are good."""
    return session.revoked_at is None and session.expires_at > timezone.now()


def end(session: Session, *, by: User) -> str:
    """End the session; every token of it is refused from now on."""
    Session.objects.filter(pk=session.pk).revoke()
    return "The session has ended."


@admin.register(Session)
class SessionAdmin(ReadOnlyStepsAdmin):
    """Sessions of the store's clients. What their tokens are made of is not shown."""

    list_display = ["user", "face", "state", "ip_address", "created_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "ip_address"]
    search_help_text = "E-mail or network address"
    fields = ["user", "face", "state", "ip_address", "user_agent", "created_at", "expires_at", "revoked_at"]
    readonly_fields = ["state"]
    steps = [
        Step(
            name="end",
            label="End session",
            icon="logout",
            variant="danger",
            permission="accounts.change_session",
            offered=is_open,
            run=end,
        )
    ]

    @admin.display(description="State")
    def state(self, session: Session) -> SafeString:
        return badge("open", "Open") if is_open(session) else badge("ended", "Ended")
