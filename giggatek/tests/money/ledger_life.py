"""A shop to which things happen at random, so that its ledger can be held against everything else after them."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from django.utils import timezone

from accounts.tests.factories import AddressFactory, AdminFactory
from catalog.tests.factories import ProductFactory
from core.errors import DomainError
from events.tests.shop import places_agree
from giggatek.tests.money.ledger_happenings import HAPPENINGS, Happenings
from giggatek.tests.money.ledger_tickets import TICKET_HAPPENINGS, TicketHappenings
from orders.models import TaxRate
from payments.gateways import books_named
from payments.ledger.checking import differences
from payments.ledger.closing import balances
from payments.ledger.movements import book_movements
from payments.models.ledger import Account
from payments.refunds.services import send_pending

START = datetime(2000, 1, 1, tzinfo=UTC)
EACH = 100


ALL = {**HAPPENINGS, **TICKET_HAPPENINGS}


class Life(Happenings, TicketHappenings):
    """Orders, rentals and tickets in any state, and what happens to them. The same seed is the same life.

    `paystack` stands in for Paystack; everything else is paid through the sandbox.
    """

    def __init__(self, seed, paystack):
        self.random, self.paystack = Random(seed), paystack
        self.staff = AdminFactory()
        self.users = [AddressFactory(state="CA").user for _ in range(3)]
        TaxRate.objects.create(country="US", state="CA", percent="8.25")
        prices = ("599.99", "1249.50", "19.05")
        self.products = [ProductFactory(inventory_count=10**6, price=Decimal(price)) for price in prices]
        self.orders, self.rentals, self.untold = [], [], []
        self.done, self.refused = Counter(), Counter()
        self.open_box_office()

    def go_on(self, operations):
        """So many things happen; after each hundred, and at the end, the books are proven."""
        for number in range(1, operations + 1):
            self.happen()
            if number % EACH == 0 or number == operations:
                self.assert_balanced()

    def happen(self):
        """One thing at random; what the shop refuses has changed nothing."""
        operation = self.random.choices(list(ALL), weights=list(ALL.values()))[0]
        try:
            operation(self)
            self.done[operation.__name__] += 1
        except DomainError:
            self.refused[operation.__name__] += 1

    def settle(self):
        """Everything that is under way arrives: news, refunds, and what only the gateway's list tells."""
        while self.untold:
            self.untold.pop(self.random.randrange(len(self.untold)))()
        send_pending()
        for gateway in ("sandbox", "paystack"):
            book_movements(gateway=gateway, since=START, until=timezone.now())

    def assert_balanced(self):
        """The proof, the trial balance, and the clearing account against what the gateway holds."""
        self.settle()
        found = list(differences())
        assert found == [], found
        stand = balances()
        assert [sum(of_currency.values()) for of_currency in stand.values()] == [0] * len(stand)
        held = sum(one.net for one in books_named("sandbox").balance_transactions_since(START))
        assert stand["USD"][Account.CLEARING] == held
        assert stand.get("NGN", {}).get(Account.CLEARING, 0) == self.paystack.memory.balance()
        assert all(places_agree(event) for event in self.events)
