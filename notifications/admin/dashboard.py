"""The first page of the back office, with how the outbox stands."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from notifications.outbox.figures import mail_figures
from rentals.admin.dashboard import page as shop_page


def page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of admin/index.html, with the figures of the apps to the left and of the mails."""
    return {**shop_page(request, context), "mails": mail_figures(now=timezone.now())}
