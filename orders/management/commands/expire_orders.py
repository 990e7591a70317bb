"""`manage.py expire_orders`: cancel unpaid orders whose hold on the stock is over."""

from core.clock.commands import ChoreCommand
from orders.chores import expire_orders


class Command(ChoreCommand):
    help = "Cancels unpaid orders older than ORDER_HOLD_MINUTES and gives their stock back."
    chore = expire_orders
