"""`manage.py mail_partner_orders`: mail organizers what was ordered in the last whole hour."""

from core.clock.commands import ChoreCommand
from notifications.chores import mail_partner_orders


class Command(ChoreCommand):
    help = "Sends organizers one mail about the orders of the last whole hour, once."
    chore = mail_partner_orders
