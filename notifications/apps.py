"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The outbox of letters."""

    name = "notifications"

    def ready(self) -> None:
        """Let the receivers listen."""
        # Imported late: they need the models, which do not exist before this moment.
        from notifications import receivers  # noqa: F401, PLC0415
        from notifications.outbox import checks, tracking  # noqa: F401, PLC0415
