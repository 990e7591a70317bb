"""`manage.py send_emails`: send every mail that is due."""

from core.clock.commands import ChoreCommand
from notifications.chores import send_emails


class Command(ChoreCommand):
    help = "Send every mail that is due, and say how many were sent, will be tried again, or are parked."
    chore = send_emails
