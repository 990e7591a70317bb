"""What repeats about rentals."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from core.clock.registry import chore
from rentals.autopay import charging
from rentals.lifecycle import services
from rentals.money import dunning

HOUR = timedelta(hours=1)


@chore(
    every=HOUR,
    does="cancels rentals that were not signed within `RENTAL_SIGN_HOURS`, gives device and money back",
)
def expire_rentals() -> str:
    return f"{services.expire_rentals()} rentals cancelled."


@chore(
    every=HOUR,
    does="charges what is due with the cards of customers with autopay; a charge that a killed worker left is taken "
    "up again (`--dry-run` lists what is due)",
)
def charge_due_rentals(*, dry_run: bool = False) -> Iterable[str]:
    today = timezone.localdate()
    if not dry_run:
        return [f"{charging.charge_due_rentals(today=today)} charges handed to the workers."]
    due = charging.due_to_charge(today=today).select_related("rental").iterator(chunk_size=1000)
    return (f"{installment}, due {installment.due_date}: {installment.amount}" for installment in due)


@chore(
    every=HOUR,
    does="reminds of payments (7 and 3 days before, on the day, late), writes late fees if `LATE_FEES` is on "
    "(`--dry-run` lists what it would do)",
)
def send_payment_reminders(*, dry_run: bool = False) -> Iterable[str]:
    today = timezone.localdate()
    if dry_run:
        return map(str, dunning.due_steps(today=today))
    reminders, fees = dunning.remind(today=today)
    return [f"{reminders} reminders, {fees} late fees."]
