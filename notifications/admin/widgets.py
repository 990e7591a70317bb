"""What mails show on the first page: how the outbox stands."""

from django.utils import timezone

from core.admin.dashboard import Widget, register
from notifications.outbox.figures import mail_figures

register(Widget("tiles", 300, "admin/notifications/tiles.html", lambda: {"mails": mail_figures(now=timezone.now())}))
