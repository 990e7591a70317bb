"""What several pages about mails show alike."""

from datetime import datetime

from django.urls import reverse
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from core.admin.badges import badge, link
from notifications.models import Email, Suppression


def moment(at: datetime) -> str:
    """A moment as people read it."""
    return str(localize(localtime(at)))


def mail_link(email: Email) -> SafeString:
    """A mail's number, leading to its page."""
    return link(reverse("admin:notifications_email_change", args=[email.pk]), f"mail {email.pk}")


def state_badge(suppression: Suppression) -> SafeString:
    """Whether mail to an address is stopped, in its colour."""
    return badge("active", "Allowed again") if suppression.lifted_at else badge("stopped", "Stopped")
