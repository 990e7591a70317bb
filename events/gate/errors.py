"""Refusals about tickets."""

from core.errors import Conflict, NotFound, PermissionRefused
from core.states import WrongStatus


class TicketNotFound(NotFound):
    """No such ticket, or another's."""

    message = "Ticket not found"


class TransferNotFound(NotFound):
    """No such offer."""

    message = "Transfer not found"


class ListNotFound(NotFound):
    """No such list, or another organizer's."""

    message = "Check-in list not found"


class TicketRefused(WrongStatus):
    """The ticket, or its offer, is not what this step needs."""

    status = 409


class TransferPending(Conflict):
    """The ticket is offered already."""

    message = "This ticket is offered already. Withdraw that offer first."


class TooManyOffers(Conflict):
    """Each offer is a mail to a stranger."""

    code = "limit_reached"
    message = "This ticket was offered too often. Try again tomorrow."


class NotTheRecipient(PermissionRefused):
    """The offer is for another address."""

    message = "This ticket was offered to another address. Sign in with the account that has it."


class NotAMember(PermissionRefused):
    """For the people of an organizer."""

    message = "This is for the people who work for an organiser."
