"""Reminders and late fees: each once for each installment, however often and wherever this runs.

What is late follows from the schedule and the day and is stored nowhere. Each run does what is due today: the latest
stage reached. A missed day is made up for by the next run, and a stage that was overtaken is left out.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from core.db import transactional
from core.errors import DomainError
from rentals.models import Installment, LateFee, Reminder, Rental
from rentals.rules.late_fees import fee_for
from rentals.rules.packs import from_json
from rentals.signals import payment_reminder_due

logger = logging.getLogger(__name__)

# Days from an installment's due date on which its customer is reminded: before, on the day, and late.
STAGES = (-7, -3, 0, 1, 3, 7, 14, 30)
CHUNK = 500


@dataclass(frozen=True)
class DunningStep:
    """What is due for an installment today: a reminder of a stage, a late fee, or both."""

    installment: Installment
    stage: int | None
    fee: Decimal

    def __str__(self) -> str:
        day = self.installment.due_date
        parts = [f"remind ({stage_label(self.stage)})"] if self.stage is not None else []
        parts += [f"late fee {self.fee} {self.installment.rental.currency}"] if self.fee else []
        return f"{self.installment}, due {day}: {', '.join(parts)}"


def stage_label(stage: int) -> str:
    if stage == 0:
        return "due today"
    return f"{-stage} days before" if stage < 0 else f"{stage} days late"


def due_steps(*, today: date) -> Iterator[DunningStep]:
    """What is due today, the oldest installments first; writes nothing."""
    for chunk in batched(due_or_late(today=today).values_list("pk", flat=True)):
        for installment in with_history(chunk):
            days = (today - installment.due_date).days
            stage = stage_of(days, last_stage=installment.last_stage) if installment.is_next else None
            fee = missing_fee(installment, today=today)
            if stage is not None or fee:
                yield DunningStep(installment, stage, fee)


def due_or_late(*, today: date) -> QuerySet[Installment]:
    """Open installments of running rentals that are due within the first stage's days, or late; the oldest first."""
    first = today + timedelta(days=-STAGES[0])
    near = Installment.objects.filter(
        state=Installment.State.OPEN, due_date__lte=first, rental__status=Rental.Status.ACTIVE
    )
    return near.order_by("due_date", "pk")


def batched(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in order, some at a time: only so many installments are in memory."""
    left = list(ids)
    for start in range(0, len(left), CHUNK):
        yield left[start : start + CHUNK]


def with_history(ids: list[int]) -> QuerySet[Any]:
    """These installments, each with the stage of its last reminder, and whether it is its rental's next one.

    A customer is reminded of one payment at a time, the oldest.
    """
    older = Installment.objects.filter(
        rental=OuterRef("rental"), state=Installment.State.OPEN, number__lt=OuterRef("number")
    )
    last_stage = Reminder.objects.filter(installment=OuterRef("pk")).order_by("-stage").values("stage")[:1]
    found = Installment.objects.filter(pk__in=ids).annotate(is_next=~Exists(older), last_stage=Subquery(last_stage))
    return found.select_related("rental", "late_fee").order_by("due_date", "pk")


def stage_of(days: int, *, last_stage: int | None) -> int | None:
    """The latest stage reached so many days after the due date (before: -7); None when it was sent already."""
    reached = [stage for stage in STAGES if stage <= days]
    return reached[-1] if reached and (last_stage is None or last_stage < reached[-1]) else None


def missing_fee(installment: Installment, *, today: date) -> Decimal:
    """The late fee by the contract's rules that was not written yet; 0 for none."""
    if not installment.is_late(today=today) or getattr(installment, "late_fee", None) is not None:
        return Decimal(0)
    rule = from_json(installment.rental.pack).late_fee
    return fee_for(amount=installment.amount, due_date=installment.due_date, today=today, rule=rule)


def remind(*, today: date) -> tuple[int, int]:
    """Do what is due today; how many reminders and how many late fees there were."""
    reminders = fees = 0
    for step in due_steps(today=today):
        try:
            reminded, charged = carry_out(step, today=today)
        except Exception:  # an edge: it must not stop the other customers' steps, and the next run tries again
            logger.exception("Not done: %s", step)
            continue
        reminders, fees = reminders + reminded, fees + charged
    return reminders, fees


@transactional
def carry_out(step: DunningStep, *, today: date) -> tuple[bool, bool]:
    """Do one step, unless it was paid or done in the meantime; whether it reminded, and whether there is a fee.

    The fee is written first, so that the reminder names it.
    """
    rental = Rental.objects.select_for_update().get(pk=step.installment.rental_id)
    still_open = Installment.objects.filter(pk=step.installment.pk, state=Installment.State.OPEN).exists()
    if rental.status != Rental.Status.ACTIVE or not still_open:
        return False, False
    charged = bool(step.fee) and write_fee(step, today=today)
    reminded = step.stage is not None and write_reminder(step, stage=step.stage, today=today)
    return reminded, charged


def write_fee(step: DunningStep, *, today: date) -> bool:
    """Write the fee once; whether it was written now."""
    defaults = {"amount": step.fee, "assessed_on": today}
    _, made = LateFee.objects.get_or_create(installment=step.installment, defaults=defaults)
    return made


def write_reminder(step: DunningStep, *, stage: int, today: date) -> bool:
    """Write the reminder and signal it, unless this stage or a later one was sent; whether it was."""
    installment = step.installment
    if Reminder.objects.filter(installment=installment, stage__gte=stage).exists():
        return False
    reminder = Reminder.objects.create(installment=installment, stage=stage, sent_on=today)
    payment_reminder_due.send(sender=Reminder, rental=installment.rental, installment=installment, reminder=reminder)
    return True


class FeeNotOpen(DomainError):
    code = "fee_not_open"
    message = "The late fee was paid or waived already."


def waive_fee(*, fee: LateFee, by: User, because: str) -> None:
    """Let a customer off a late fee. Raises FeeNotOpen."""
    waived = {"waived_at": timezone.now(), "waived_by": by, "waived_because": because[:500]}
    if not LateFee.objects.filter(pk=fee.pk, paid_with=None, waived_at=None).update(**waived):
        raise FeeNotOpen
