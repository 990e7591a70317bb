"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        # They need the models, which do not exist before this moment.
        from notifications import mails  # noqa: PLC0415  the models
        from notifications.mails.base import MAILS  # noqa: PLC0415  the models
        from notifications.outbox import checks, queueing, tracking  # noqa: F401, PLC0415  the models

        mails.autodiscover()
        for mail in MAILS.values():
            queueing.connect(mail)
