"""What the page of a rental shows, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from payments.models import Payment, Refund
from rentals.admin.columns import days
from rentals.models import Autopay, ChargeAttempt, ContractDocument, Installment, LateFee, Reminder, Rental
from rentals.money.dunning import stage_label
from rentals.money.pricing import BuyoutQuote, buyout_quote, sum_of_amounts
from rentals.rules.packs import from_json
from rentals.rules.packs.rules import CASH_PRICE_LESS_PAYMENTS, PRORATED_CASH_PRICE, REMAINING_SCHEDULED

Document = ContractDocument.Kind
LATE = "overdue"
FORMULAS = {
    REMAINING_SCHEDULED: "All payments that are left",
    PRORATED_CASH_PRICE: "Cash price in proportion to the payments left",
    CASH_PRICE_LESS_PAYMENTS: "Cash price less payments made",
}


@dataclass(frozen=True)
class Line:
    """A line of the schedule: `status` is the colour of `text`; the same of its fee, if there is one."""

    installment: Installment
    status: str
    text: str
    fee: LateFee | None
    fee_status: str
    payment: Payment | None


def rental_with_all(rental_id: int) -> Rental:
    """The rental with all that its page and its buttons read."""
    autopays = Autopay.objects.select_related("card")
    refunds = Refund.objects.select_related("asked_by", "credit_note").defer("credit_note__data")
    return (
        Rental.objects.with_details()
        .select_related("user")
        .prefetch_related(
            Prefetch("rental_payments__payment__refunds", refunds),
            "rental_payments__payment__taken_by",
            "rental_payments__payment__disputes",
            "installments__late_fee__waived_by",
            "installments__reminders",
            "installments__charge_attempts",
            "contract__events",
            Prefetch("contract__documents", ContractDocument.objects.defer("content")),
            Prefetch("autopays", autopays),
        )
        .get(pk=rental_id)
    )


def page(rental: Rental) -> dict[str, Any]:
    """The context of the template; the rental is `rental_with_all`."""
    now = timezone.now()
    installments = list(rental.installments.all())
    lines = [line(rental, installment, today=timezone.localdate(now)) for installment in installments]
    quote = quote_of(rental, now=now)
    return {
        "rental": rental,
        "lines": lines,
        "late": next((line for line in lines if line.status == LATE), None),
        "paid": sum_of_amounts([one for one in installments if one.is_paid]),
        "remaining": rental.remaining_amount,
        "following": None if rental.is_over else rental.next_installment,
        "fees": rental.late_fees_due,
        "pack": from_json(rental.pack),
        "quote": quote,
        "formula": FORMULAS[quote.price.formula] if quote else "",
        "documents": documents_of(rental),
        "text_url": reverse("admin:rentals_contract_change", args=[rental.contract.pk]),
        "attempts": newest(attempt for one in installments for attempt in one.charge_attempts.all()),
        "reminders": [(reminder, stage_label(reminder.stage)) for reminder in reminders_of(installments)],
        "autopay": getattr(rental, "autopay", None),
    }


def quote_of(rental: Rental, *, now: datetime) -> BuyoutQuote | None:
    return buyout_quote(rental, now=now) if rental.status == Rental.Status.ACTIVE else None


def documents_of(rental: Rental) -> list[dict[str, str]]:
    """The contract's documents by name, with their addresses; the certificate is written on its first download."""
    there = [document.kind for document in rental.contract.documents.all()]
    if rental.status == Rental.Status.COMPLETED and Document.OWNERSHIP not in there:
        there.append(Document.OWNERSHIP)
    return [
        {"label": Document(kind).label, "url": reverse("admin:rentals_rental_document", args=[rental.pk, kind])}
        for kind in there
    ]


def newest(attempts: Iterable[ChargeAttempt]) -> list[ChargeAttempt]:
    return sorted(attempts, key=lambda attempt: attempt.pk, reverse=True)


def reminders_of(installments: Iterable[Installment]) -> list[Reminder]:
    sent = [reminder for one in installments for reminder in one.reminders.all()]
    return sorted(sent, key=lambda reminder: (reminder.sent_on, reminder.pk), reverse=True)


def line(rental: Rental, installment: Installment, *, today: date) -> Line:
    fee = getattr(installment, "late_fee", None)
    status, text = state_of(rental, installment, today=today)
    paid_with = installment.paid_with
    return Line(
        installment=installment,
        status=status,
        text=text,
        fee=fee,
        fee_status=state_of_fee(rental, fee),
        payment=paid_with.payment if paid_with else None,
    )


def state_of(rental: Rental, installment: Installment, *, today: date) -> tuple[str, str]:
    """Colour and words for where an installment stands; nothing is due before the signature."""
    if not installment.is_open:
        return installment.state, installment.get_state_display()
    if rental.status != Rental.Status.ACTIVE or installment.due_date > today:
        return "coming", "Open"
    late = installment.days_late(today=today)
    return (LATE, f"{days(late)} late") if late else ("due", "Due today")


def state_of_fee(rental: Rental, fee: LateFee | None) -> str:
    """In a word, what became of a late fee."""
    if fee is None:
        return ""
    if fee.is_open:
        return "closed" if rental.is_over else "unpaid"
    if fee.refund_id:
        return "refunded"
    return "paid" if fee.paid_with_id else "waived"
