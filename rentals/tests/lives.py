"""A rental that lives through its months in a test."""

from datetime import UTC, datetime, time
from decimal import Decimal
from io import StringIO

from django.core.management import call_command

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from rentals.autopay.charging import charge_task
from rentals.lifecycle.services import ship_rental
from rentals.models import ChargeAttempt, Rental
from rentals.tests.customers import books_agree, client_of, fresh, intent_of, run_worker, try_card


class Life:
    """A customer, the rental, and the clock; each verb is what somebody does on a day."""

    def __init__(self, clock, product, *, state="NY", months=12):
        self.clock, self.product, self.months, self.user = clock, product, months, UserFactory()
        self.address = AddressFactory(user=self.user, state=state)
        self.staff = AdminFactory()
        self.counted = Decimal(0)

    @property
    def api(self):
        """The customer signs in anew each time: no session lives as long as a rental."""
        return client_of(self.user)

    @property
    def rental(self):
        return Rental.objects.get(pk=self.id)

    def rent(self):
        body = {"product_id": self.product.pk, "total_months": self.months, "address_id": self.address.pk}
        answer = self.api.post("rentals", body)
        assert answer.status_code == 201, answer.content
        self.id = answer.json()["rental"]["id"]
        return answer.json()

    def sign(self):
        answer = self.api.post(f"rentals/{self.id}/sign-contract", {"name": "Ada Lovelace"})
        assert answer.status_code == 200, answer.content

    def ship(self):
        ship_rental(rental=self.rental, by=self.staff, serial=self.rental.device.serial, carrier="UPS")

    def on(self, day, hour=12):
        """The clock's new day, "2026-02-28" or a date."""
        day = datetime.fromisoformat(day).date() if isinstance(day, str) else day
        self.clock.move_to(datetime.combine(day, time(hour), tzinfo=UTC))

    def night(self):
        """What the scheduler and the workers do, twice, as two machines would."""
        for _ in range(2):
            call_command("send_payment_reminders", stdout=StringIO())
            call_command("charge_due_rentals", stdout=StringIO())
            charge_task.func(list(ChargeAttempt.objects.filter(status="queued").values_list("pk", flat=True)))
            run_worker()

    def pay(self, *, brings):
        """Pay the next installment by hand; the receipt says what every other page says."""
        intent = intent_of(self.api, self.rental)
        assert try_card(self.api, intent) == "succeeded"
        claim = {"payment_method": "stripe", "transaction_id": intent}
        answer = self.api.post(f"rentals/{self.id}/make-payment", claim)
        assert answer.status_code == 200, answer.content
        receipt = answer.json()["receipt"]
        assert (receipt["amount"], receipt["currency"], receipt["transaction_id"][:3]) == (brings, "USD", "ch_")
        self.check_receipt(receipt)
        return answer.json()

    def check_receipt(self, receipt):
        """Its two figures are those of the detail and of the quote at this moment."""
        detail, quote = self.detail(), self.api.get(f"rentals/{self.id}/buyout")
        assert receipt["remaining_amount"] == detail["remaining_amount"]
        if detail["status"] == "active":
            assert receipt["buyout_price"] == quote.json()["buyout_price"]
        else:
            assert (receipt["buyout_price"], quote.status_code) == (None, 400)

    def detail(self):
        return self.api.get(f"rentals/{self.id}").json()["rental"]

    def quote(self):
        return self.api.get(f"rentals/{self.id}/buyout").json()

    def statuses(self):
        return [line["status"] for line in self.detail()["payment_schedule"]]

    def paid(self):
        """How many are paid, and how much remains."""
        detail = self.detail()
        return detail["payments_made"], detail["remaining_amount"]

    def holds(self):
        """The contract is what was signed, and the money is what the gateway has."""
        out = StringIO()
        call_command("verify_contract", fresh(self.rental).contract.pk, stdout=out)
        assert "holds" in out.getvalue()
        return books_agree(self.rental)
