"""`manage.py clear_mail_bodies`: remove the texts of old mails."""

from core.clock.commands import ChoreCommand
from notifications.chores import clear_mail_bodies


class Command(ChoreCommand):
    help = "Remove the texts of mails that are older than MAIL_BODY_DAYS."
    chore = clear_mail_bodies
