"""Whole lives of rentals, through the API and the commands, with a clock that is moved by hand."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.models import Device, Product
from catalog.tests.factories import ProductFactory, tracked_product
from core.testing.client import ApiClient
from payments.models import Payment, SandboxCard
from rentals.autopay.charging import charge_task
from rentals.lifecycle.services import check_in, ship_rental
from rentals.models import Autopay, ChargeAttempt, LateFee, Rental
from rentals.tests.charging.attempts import queued
from rentals.tests.shop import (
    NO_FUNDS,
    books_agree,
    claim,
    client_of,
    command,
    fresh,
    intent_of,
    run_worker,
    save_card,
    succeeded,
    try_card,
)

START = datetime(2026, 1, 31, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.pdf, pytest.mark.clock(START)]
DUE = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31",
       "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31"]  # fmt: skip


class Life:
    """A rental with its customer and the clock."""

    def __init__(self, clock, product, *, state="NY"):
        self.clock, self.product, self.user, self.staff = clock, product, UserFactory(), AdminFactory()
        self.address = AddressFactory(user=self.user, state=state)

    @property
    def api(self):
        """The customer signs in anew each time: no session lives as long as a rental."""
        return client_of(self.user)

    @property
    def rental(self):
        return Rental.objects.get(pk=self.id)

    def get(self, path=""):
        return succeeded(self.api.get(f"rentals/{self.id}{path}")).json()

    def detail(self):
        return self.get()["rental"]

    def rent(self):
        answer = self.api.post(
            "rentals", {"product_id": self.product.pk, "total_months": 12, "address_id": self.address.pk}
        )
        assert answer.status_code == 201, answer.content
        self.id = answer.json()["rental"]["id"]
        return answer.json()

    def sign(self):
        succeeded(self.api.post(f"rentals/{self.id}/sign-contract", {"name": "Ada Lovelace"}))

    def ship(self):
        ship_rental(rental=self.rental, by=self.staff, serial=self.rental.device.serial, carrier="UPS")

    def on(self, day, hour=12):
        """Move the clock to a day, "2026-02-28" or a date."""
        day = datetime.fromisoformat(day).date() if isinstance(day, str) else day
        self.clock.move_to(datetime.combine(day, time(hour), tzinfo=UTC))

    def night(self):
        """What the scheduler and the workers do, twice, as two machines would."""
        for _ in range(2):
            command("send_payment_reminders")
            command("charge_due_rentals")
            charge_task.func([attempt.pk for attempt in queued()])
            run_worker()

    def pay(self, *, brings):
        """Pay the next installment by hand; the receipt says what the detail and the quote say at this moment."""
        intent = intent_of(self.api, self.rental)
        assert try_card(self.api, intent) == "succeeded"
        answer = succeeded(claim(self.rental, intent)).json()
        receipt, detail, quote = answer["receipt"], self.detail(), self.api.get(f"rentals/{self.id}/buyout")
        assert (receipt["amount"], receipt["currency"], receipt["transaction_id"][:3]) == (brings, "USD", "ch_")
        assert receipt["remaining_amount"] == detail["remaining_amount"]
        if detail["status"] == "active":
            assert receipt["buyout_price"] == quote.json()["buyout_price"]
        else:
            assert (receipt["buyout_price"], quote.status_code) == (None, 400)
        return answer

    def statuses(self):
        return [line["status"] for line in self.detail()["payment_schedule"]]

    def paid(self):
        """How many are paid, and how much remains."""
        detail = self.detail()
        return detail["payments_made"], detail["remaining_amount"]

    def holds(self):
        """The contract is what was signed, and the money is what the gateway has."""
        assert "holds" in command("verify_contract", fresh(self.rental).contract.pk)
        return books_agree(self.rental)


def test_a_year_with_a_failed_card_a_late_month_and_a_buyout(clock, settings):
    settings.LATE_FEES = True
    life = Life(clock, tracked_product(devices=2, rental_price="89.99"))
    shown = read_the_whole_cost(life)
    rent_read_pay_and_sign(life, shown)
    months_by_hand_and_by_card(life)
    late_month_then_ahead(life)
    for day in DUE[7:10]:
        life.on(day)
        life.night()
        life.pay(brings=89.99)
    buy_out_at_the_quoted_price(life, shown)


def read_the_whole_cost(life):
    """What anybody sees before renting."""
    asked = {"product_id": life.product.pk, "total_months": 12, "state": "NY"}
    answer = ApiClient().post("rentals/quote", asked)
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert (shown["total_amount"], shown["cash_price"], shown["cost_of_renting"]) == (1079.88, 599.99, 479.89)
    assert [payment["due_date"] for payment in shown["payments"]] == DUE
    assert (shown["late_fee"]["fee"], shown["late_fee"]["grace_days"]) == (9.0, 7)
    return shown


def rent_read_pay_and_sign(life, shown):
    made = life.rent()
    assert made["rental"]["total_amount"] == shown["total_amount"]
    for figure in ("1,079.88", "599.99", "89.99", "February 28, 2026", life.rental.device.serial):
        assert figure in made["contract"]["contract_text"], figure
    unsigned = life.api.get(f"rentals/{life.id}/contract.pdf").content
    life.pay(brings=89.99)
    second = life.api.post(f"rentals/{life.id}/payment-intent", {"purpose": "installment"})
    assert (second.status_code, second.json()["code"]) == (400, "wrong_status")
    life.sign()
    signed = life.api.get(f"rentals/{life.id}/contract.pdf").content
    assert signed != unsigned
    assert signed == life.api.get(f"rentals/{life.id}/contract").content
    life.ship()
    assert life.rental.device.status == Device.Status.RENTED
    assert Product.objects.get(pk=life.product.pk).inventory_count == 1


def months_by_hand_and_by_card(life):
    """February by hand, March by autopay, April by a card that has no funds before its second try."""
    life.on(DUE[1])
    life.night()
    life.pay(brings=89.99)
    turn_on(life, card="4242424242424242")
    life.on(DUE[2])
    life.night()
    assert life.paid() == (3, 809.91)
    turn_on(life, card=NO_FUNDS)
    life.on(DUE[3])
    life.night()
    assert life.paid() == (3, 809.91)
    life.on("2026-05-02")
    life.night()
    assert life.statuses()[3] == "overdue"
    SandboxCard.objects.filter(name="visa_without_funds").update(name="visa")  # the salary came
    assert life.paid()[0] == 3
    life.on("2026-05-03")
    life.night()
    assert life.paid() == (4, 719.92)
    tries = ChargeAttempt.objects.filter(installment__number=4).order_by("number")
    assert list(tries.values_list("status", flat=True)) == ["declined", "succeeded"]
    assert not LateFee.objects.exists()  # three days are within the grace days


def turn_on(life, *, card):
    api = life.api
    body = {"setup_intent_id": save_card(api, card), "consent": True}
    assert api.put(f"rentals/{life.id}/autopay", body).json()["autopay"]["enabled"] is True


def late_month_then_ahead(life):
    """May is paid after the grace days, and June together with July."""
    assert life.api.delete(f"rentals/{life.id}/autopay").json()["autopay"]["enabled"] is False
    life.on("2026-06-07")
    life.night()
    assert (life.detail()["late_fees"], life.statuses()[4]) == (0, "overdue")
    # 7 of 12 are open and not past due: 89.99 + 599.99 * 7 / 12.
    assert life.get("/buyout")["buyout_price"] == 439.98
    for day in ("2026-06-08", "2026-06-20"):
        life.on(day)
        life.night()
        assert (life.detail()["late_fees"], LateFee.objects.get().amount) == (9.0, Decimal("9.00"))
    assert life.get("/buyout")["buyout_price"] == 448.98
    life.pay(brings=98.99)
    assert (life.detail()["late_fees"], life.detail()["payment_schedule"][4]["late_fee"]) == (0, 9.0)
    life.on(DUE[5])
    life.pay(brings=89.99)
    ahead = life.pay(brings=89.99)
    assert ahead["rental"]["next_payment_date"] == DUE[7]
    life.on(DUE[6])
    life.night()
    assert life.paid() == (7, 449.95)


def buy_out_at_the_quoted_price(life, shown):
    life.on("2026-11-15")
    price = life.get("/buyout")["buyout_price"]
    assert price == shown["early_purchase"][9]["price"] == 100.0  # 599.99 * 2 / 12
    intent = intent_of(life.api, life.rental, "buyout")
    assert try_card(life.api, intent) == "succeeded"
    answer = life.api.post(f"rentals/{life.id}/buyout", {"payment_method": "stripe", "transaction_id": intent})
    assert (answer.status_code, answer.json()["amount_paid"]) == (200, price), answer.content
    detail = life.detail()
    assert (detail["status"], detail["remaining_amount"], detail["next_payment_date"]) == ("completed", 0, None)
    assert life.statuses() == ["completed"] * 10 + ["closed"] * 2
    assert detail["status_history"][0]["notes"] == "Bought out early"
    assert life.rental.device.status == Device.Status.SOLD
    ownership = life.api.get(f"rentals/{life.id}/ownership.pdf").content
    assert ownership.startswith(b"%PDF-")
    life.on("2026-12-31")
    life.night()
    assert life.api.get(f"rentals/{life.id}/ownership.pdf").content == ownership
    settled = Payment.objects.settled().filter(rental_payment__rental=life.id)
    assert sum(payment.amount for payment in settled) == Decimal("1008.90")  # 10 months, a fee and the price
    assert len(detail["payments"]) == 11
    assert life.api.get("rentals/stats").json()["total_spent"] == 1008.90
    assert life.holds()


def test_a_return_in_the_fifth_month(clock):
    life = Life(clock, tracked_product(devices=1), state="CA")
    life.rent()
    life.sign()
    life.ship()
    device = life.rental.device
    for day in DUE[:4]:
        life.on(day)
        life.night()
        life.pay(brings=49.99)
    turn_on(life, card="4242424242424242")
    life.on("2026-05-20")
    answer = life.api.post(f"rentals/{life.id}/return", {"notes": "Too heavy"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["rental"]["next_payment_date"] is None
    for day in DUE[4:]:
        life.on(day)
        life.night()
    assert life.statuses() == ["completed"] * 4 + ["closed"] * 8
    assert not Autopay.objects.filter(ended_at=None).exists()
    assert life.api.get("rentals/stats").json()["total_spent"] == 199.96
    check_in(rental=life.rental, by=life.staff, grade="fair", note="Scratches")
    device.refresh_from_db()
    sibling = device.product
    assert (device.status, device.grade, sibling.condition) == ("in_stock", "fair", "fair")
    assert (sibling.family_id, sibling.pk != life.product.pk) == (life.product.family_id, True)
    # An excellent one costs 90 % of a new one, a fair one 65 %.
    assert (sibling.price, sibling.rental_price, sibling.inventory_count) == (Decimal("433.33"), Decimal("36.10"), 1)
    assert Product.objects.get(pk=life.product.pk).inventory_count == 0
    assert life.detail()["status"] == "returned"
    assert life.api.get(f"rentals/{life.id}/ownership.pdf").status_code == 404
    assert life.holds()
    again = Life(clock, sibling)
    assert again.rent()["rental"]["monthly_rate"] == 36.1
    assert again.rental.device_id == device.pk


@pytest.mark.parametrize("by_card", [False, True])
def test_twelve_payments_complete_it(clock, by_card):
    life = Life(clock, ProductFactory())
    life.rent()
    life.sign()
    if by_card:
        turn_on(life, card="4242424242424242")
    for number, day in enumerate(DUE, start=1):
        life.on(day)
        life.night()
        if not by_card:
            life.pay(brings=49.99)
        assert life.paid() == (number, round(599.88 - 49.99 * number, 2))
        assert life.detail()["status"] == ("completed" if number == 12 else "active")
    detail = life.detail()
    assert (detail["payment_progress"], detail["remaining_payments"]) == (100, 0)
    assert detail["status_history"][0]["notes"] == "Last payment received"
    assert life.api.get(f"rentals/{life.id}/ownership.pdf").content.startswith(b"%PDF-")
    life.on(datetime.fromisoformat(DUE[-1]).date() + timedelta(days=60))
    life.night()
    assert len(life.detail()["payments"]) == 12
    assert life.holds()
