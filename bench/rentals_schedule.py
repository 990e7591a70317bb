"""A hundred thousand contracts: what is due today is selected and queued, who is to be reminded is found.

The rows are written in bulk into a throwaway database and kept for the next run; the day is a fixed one. On MySQL
and MariaDB the plan of each query is shown. BENCH_CONTRACTS sets another number of contracts.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from bench.databases import throwaway
from bench.rentals import customer, laptop
from payments.models import GatewayCustomer, SavedCard
from rentals.autopay import charging
from rentals.models import Autopay, ChargeAttempt, Installment, Rental
from rentals.money import dunning
from rentals.rules.packs import as_json, pack_for
from rentals.rules.schedule import add_months

CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "100000"))
DUE = min(10_000, CONTRACTS)  # so many of them are due on the day
LATE = 50  # of the others, every so manieth has missed its last payment
MONTHS = 12
TODAY = date(2030, 3, 15)
BATCH = 2000


def run() -> None:
    """Print seconds, and plans."""
    with throwaway("rentals_schedule"):
        fill()
        print(f"\nschedule ({connection.vendor}, {CONTRACTS} contracts, {Installment.objects.count()} installments)")
        rewind()
        found = timed("due installments selected and queued", lambda: charging.charge_due_rentals(today=TODAY))
        assert found == DUE == ChargeAttempt.objects.count(), found
        print(f"  {'':44} {found} tries in {DBTaskResult.objects.count()} tasks; the bound is 10 s for 10000")
        timed("once more: nothing is due", lambda: charging.charge_due_rentals(today=TODAY))
        steps = timed("reminders and fees found", lambda: sum(1 for _ in dunning.due_steps(today=TODAY)))
        print(f"  {'':44} {steps} steps")
        rewind()
        plan("due to charge", charging.due_to_charge(today=TODAY).values("pk")[: charging.BATCH])
        plan("near or late", dunning.due_or_late(today=TODAY).values("pk"))
        plan("a rental's own schedule", Rental.objects.order_by("pk")[CONTRACTS // 2].installments.all())


def timed(name: str, call: Callable[[], int]) -> int:
    """Print how long one call takes, in seconds."""
    start = time.perf_counter()
    result = call()
    print(f"  {name:44} {time.perf_counter() - start:6.2f} s")
    return result


def plan(name: str, queryset: Any) -> None:
    """Print how the database means to find these rows."""
    sql, parameters = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if connection.vendor == "mysql" else "EXPLAIN QUERY PLAN ") + sql, parameters)
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    print(f"  plan of {name}:")
    for row in rows:
        shown = ("table", "type", "possible_keys", "key", "rows", "Extra", "detail")
        print("    " + ", ".join(f"{key}: {row[key]}" for key in shown if row.get(key) is not None))


def rewind() -> None:
    """Back to the morning: nothing was tried."""
    DBTaskResult.objects.all().delete()
    ChargeAttempt.objects.all().delete()
    Installment.objects.filter(state="open", due_date=TODAY).update(charge_on=TODAY)


def fill() -> None:
    """Contracts with schedules and consents, unless they are there."""
    if Rental.objects.count() == CONTRACTS:
        return
    rewind()
    for model in (Autopay, Installment, Rental):
        model.objects.all()._raw_delete("default")
    user = customer()
    fields = rental_fields(user)
    in_batches(Rental, (rental(number, fields) for number in range(CONTRACTS)))
    rentals = list(Rental.objects.order_by("pk").only("pk", "start_date"))
    in_batches(Installment, (row for number, one in enumerate(rentals) for row in schedule(number, one)))
    card = saved_card(user)
    in_batches(Autopay, (consent(one, card) for number, one in enumerate(rentals) if number < DUE or number % 2))
    with connection.cursor() as cursor:
        tables = ", ".join(model._meta.db_table for model in (Autopay, Installment, Rental))
        cursor.execute(f"ANALYZE TABLE {tables}" if connection.vendor == "mysql" else "ANALYZE")
        cursor.fetchall()


def in_batches(model: Any, rows: Iterator[Any]) -> None:
    """Write them, some at a time."""
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)


def rental_fields(user: User) -> dict[str, Any]:
    """What all of them have in common."""
    product, address = laptop(), user.addresses.get()
    return {
        "user": user,
        "product": product,
        "status": Rental.Status.ACTIVE,
        "product_name": product.name,
        "sku": product.sku,
        "currency": product.currency,
        "cash_price": product.price,
        "monthly_rate": product.rental_price,
        "total_months": MONTHS,
        "total_amount": product.rental_price * MONTHS,
        "address_ref": address,
        "address": address.as_snapshot(),
        "pack": as_json(pack_for(country="US", state="NY", on=TODAY)),
    }


def rental(number: int, fields: dict[str, Any]) -> Rental:
    """The first ones are due on the day; the others began on any other day of the year before."""
    start = add_months(TODAY, -(number % MONTHS)) if number < DUE else TODAY - timedelta(days=number % 330 + 1)
    if number >= DUE and start.day == TODAY.day:
        start -= timedelta(days=1)
    return Rental(start_date=start, end_date=add_months(start, MONTHS), **fields)


def schedule(number: int, rental: Rental) -> Iterator[Installment]:
    """Its installments; what is over is closed, since a paid one would need a payment each."""
    for month in range(MONTHS):
        day = add_months(rental.start_date, month)
        missed = number >= DUE and number % LATE == 0 and TODAY - timedelta(days=31) <= day
        is_open = day >= TODAY or missed
        yield Installment(
            rental_id=rental.pk,
            number=month + 1,
            due_date=day,
            amount="49.99",
            state="open" if is_open else "closed",
            charge_on=day if is_open and not missed else None,
        )


def saved_card(user: User) -> SavedCard:
    """A card that all of them are paid with."""
    holder, _ = GatewayCustomer.objects.get_or_create(user=user, gateway="sandbox")
    known = {"user": user, "customer": holder, "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2040}
    return SavedCard.objects.get_or_create(gateway="sandbox", payment_method_id="pm_bench", defaults=known)[0]


def consent(rental: Rental, card: SavedCard) -> Autopay:
    """Autopay is on."""
    since = datetime(2029, 1, 1, tzinfo=UTC)
    return Autopay(rental=rental, active_for=rental, card=card, consent_version="bench", consented_at=since)
