"""The accounts on which the box office books."""

from django.db import models


class TicketAccount(models.TextChoices):
    """What the sale of tickets stands on: their price is the organizer's, but for our fee."""

    OWED_TO_ORGANIZERS = "owed_to_organizers", "Owed to organizers"
    PLATFORM_FEES = "platform_fees", "Platform fees"
