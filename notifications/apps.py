"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications.outbox import checks, confirmations, holders, queueing, tracking  # noqa: F401, PLC0415  the models exist only now

        queueing.connect_all()
