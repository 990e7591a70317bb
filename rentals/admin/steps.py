"""The buttons of a rental, one for each step that stands open."""

from core.admin.steps import Step
from payments.admin.disputed import evidence_step
from rentals.admin import forms, verbs
from rentals.evidence import evidence_of
from rentals.lifecycle import services
from rentals.models import Rental
from rentals.refunding import parts_left

Status = Rental.Status
MAY = "rentals.change_rental"


def can_be_paid(rental: Rental) -> bool:
    """Whether there is something that a customer could pay now; read with `with_schedule`."""
    if rental.status == Status.ACTIVE:
        return bool(rental.open_installments)
    return rental.status == Status.PENDING and not rental.payments_made


STEPS = [
    Step(
        name="ship",
        label="Ship",
        icon="local_shipping",
        variant="primary",
        permission=MAY,
        offered=services.can_be_shipped,
        run=verbs.ship,
        make_form=forms.ShipForm,
    ),
    Step(
        name="check-in",
        label="Check in",
        icon="assignment_turned_in",
        variant="primary",
        permission=MAY,
        offered=services.can_be_checked_in,
        run=verbs.check_in,
        make_form=forms.CheckInForm,
    ),
    Step(
        name="record-payment",
        label="Record a payment",
        icon="payments",
        permission="rentals.change_rentalpayment",
        offered=can_be_paid,
        run=verbs.record_payment,
        make_form=forms.ByHandForm,
        question="For money that you took yourself: it counts at once, and the customer gets a receipt.",
    ),
    Step(
        name="refund",
        label="Refund",
        icon="undo",
        permission="rentals.change_rentalpayment",
        offered=lambda rental: any(parts_left(rental)),
        run=verbs.refund,
        make_form=forms.RefundForm,
        question="Goodwill: an installment that is refunded stays paid, and the schedule, the buyout price and the "
        "ownership stay as they are. To end the rental, use Return or Cancel.",
        gone="This step is no longer possible: nothing is left to give back. This is how it stands now.",
    ),
    Step(
        name="waive-fee",
        label="Waive a late fee",
        icon="money_off",
        permission="rentals.change_latefee",
        offered=lambda rental: bool(rental.open_late_fees),
        run=verbs.waive_fee,
        make_form=forms.WaiveForm,
    ),
    Step(
        name="autopay-off",
        label="Turn autopay off",
        icon="credit_card_off",
        permission="rentals.change_autopay",
        offered=lambda rental: getattr(rental, "autopay", None) is not None,
        run=verbs.turn_autopay_off,
        question="No charge begins from this moment on. Only the customer can turn autopay on again.",
    ),
    evidence_step(
        permission="rentals.view_contract", make=lambda rental: (f"rental-{rental.pk}", evidence_of(rental))
    ),
    Step(
        name="verify",
        label="Verify the contract",
        icon="verified_user",
        permission="rentals.view_contract",
        offered=lambda rental: True,
        run=verbs.verify_contract,
    ),
    Step(
        name="return",
        label="Return",
        icon="assignment_return",
        variant="danger",
        permission=MAY,
        offered=lambda rental: rental.can_move_to(Status.RETURNED),
        run=verbs.take_back,
        make_form=forms.NoteForm,
        question="On the customer's behalf: every further charge ends at this moment. It cannot be undone.",
    ),
    Step(
        name="cancel",
        label="Cancel and refund",
        icon="cancel",
        variant="danger",
        permission=MAY,
        offered=lambda rental: rental.can_move_to(Status.CANCELLED),
        run=verbs.cancel,
        make_form=forms.NoteForm,
        question="The device goes back into stock, and what was paid to the customer. It cannot be undone.",
    ),
]
