"""The buttons of the box office, and what each does and says."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from core.admin.steps import Step
from core.errors import Conflict
from events.admin import forms
from events.admin.columns import naira
from events.gate import admitting
from events.models import Event, Organizer, Ticket, TicketOrder
from events.money.payouts import is_payable, record_payout
from events.publishing import take_step
from events.selling import expiring, refunding
from events.signals import confirmation_wanted

MAY_EVENT, MAY_ORDER = "events.change_event", "events.change_ticketorder"


class NothingToLetGo(Conflict):
    """It was paid or let go meanwhile."""

    code = "wrong_status"
    message = "This order holds no places any more."


def publish(event: Event, *, by: User) -> str:
    """Put it on sale. Raises NotReady, WrongStep."""
    take_step(event, Event.Status.PUBLISHED, by=by)
    return f"{event} is published."


def cancel_event(event: Event, *, by: User, reason: str) -> str:
    """Cancel it; a worker refunds every paid order. Raises WrongStatus."""
    refunding.cancel_event(event=event, by=by, reason=reason)
    return f"{event} is cancelled: its orders are refunded one after another."


def pay_out(event: Event, *, by: User, amount: Decimal, bank_reference: str) -> str:
    """Write down what the bank carried out. Raises what `record_payout` raises."""
    made = record_payout(event=event, amount=amount, bank_reference=bank_reference, by=by)
    return f"{naira(made.amount)} are booked as paid out to {made.organizer}."


def refund(order: TicketOrder, *, by: User, tickets: Iterable[Ticket], full: bool, reason: str) -> str:
    """Cancel the tickets and send their worth back. Raises NotRefundable, RefundTooLarge."""
    made = refunding.refund_tickets(order=order, tickets=list(tickets), by=by, reason=reason, full=full)
    return f"{naira(made.amount)} go back to the buyer." if made else "The tickets are cancelled; there was no money."


def let_go(order: TicketOrder, *, by: User) -> str:
    """Free the places that it holds. Raises NothingToLetGo."""
    if not expiring.release(order, status=TicketOrder.Status.CANCELLED, by=by, note="Let go by staff"):
        raise NothingToLetGo
    return f"{order} is let go: its places are free."


def send_again(order: TicketOrder, *, by: User) -> str:
    """Send its confirmation once more."""
    confirmation_wanted.send(sender=TicketOrder, order=order, by=by)
    return "The confirmation is sent again."


def undo_scan(ticket: Ticket, *, by: User, reason: str) -> str:
    """Let it admit again. Raises TicketRefused."""
    admitting.undo(ticket=ticket, by=by, reason=reason)
    return f"{ticket} admits again."


def verify(organizer: Organizer, *, by: User) -> str:
    """From now on it may sell."""
    Organizer.objects.filter(pk=organizer.pk, verified_at=None).update(verified_at=timezone.now())
    return f"{organizer} is verified."


def unverify(organizer: Organizer, *, by: User) -> str:
    """It may hold no further events; those that are on sale stay on sale."""
    Organizer.objects.filter(pk=organizer.pk).update(verified_at=None)
    return f"{organizer} is not verified any more."


def can_confirm(order: TicketOrder) -> bool:
    return order.status == TicketOrder.Status.COMPLETED and confirmation_wanted.has_listeners(TicketOrder)


EVENT_STEPS = [
    Step(
        name="publish",
        label="Publish",
        icon="campaign",
        variant="primary",
        permission=MAY_EVENT,
        offered=lambda event: event.can_move_to(Event.Status.PUBLISHED),
        run=publish,
    ),
    Step(
        name="pay-out",
        label="Pay out",
        icon="account_balance",
        permission="events.add_payout",
        offered=lambda event: is_payable(event, now=timezone.now()),
        run=pay_out,
        make_form=forms.payout_form,
        question="Enter what the bank has carried out. It is booked and cannot be changed.",
    ),
    Step(
        name="cancel",
        label="Cancel and refund",
        icon="cancel",
        variant="danger",
        permission=MAY_EVENT,
        offered=lambda event: event.can_move_to(Event.Status.CANCELLED),
        run=cancel_event,
        make_form=forms.cancel_form,
    ),
]
ORDER_STEPS = [
    Step(
        name="refund",
        label="Refund",
        icon="undo",
        permission=MAY_ORDER,
        offered=lambda order: order.status == TicketOrder.Status.COMPLETED,
        run=refund,
        make_form=forms.refund_form,
    ),
    Step(
        name="send-again",
        label="Send the confirmation again",
        icon="forward_to_inbox",
        permission=MAY_ORDER,
        offered=can_confirm,
        run=send_again,
    ),
    Step(
        name="let-go",
        label="Let go",
        icon="lock_open",
        variant="danger",
        permission=MAY_ORDER,
        offered=lambda order: order.status == TicketOrder.Status.PENDING,
        run=let_go,
        question="Its places are free for others at once. Money that arrives later takes places again, or goes back.",
    ),
]
TICKET_STEPS = [
    Step(
        name="undo-scan",
        label="Undo the scan",
        icon="undo",
        permission="events.change_ticket",
        offered=lambda ticket: ticket.status == Ticket.Status.USED,
        run=undo_scan,
        form=forms.ReasonForm,
        question="The ticket admits once more.",
    )
]
ORGANIZER_STEPS = [
    Step(
        name="verify",
        label="Verify",
        icon="verified",
        variant="primary",
        permission="events.change_organizer",
        offered=lambda organizer: not organizer.is_verified,
        run=verify,
        question="From now on it may hold events and sell tickets.",
    ),
    Step(
        name="unverify",
        label="Take the verification back",
        icon="block",
        variant="danger",
        permission="events.change_organizer",
        offered=lambda organizer: organizer.is_verified,
        run=unverify,
        question="It makes no further events. What is on sale stays on sale: cancel it where it must not.",
    ),
]
