"""The ledger: what it refuses, what it books by itself, and that it is proven against payments and gateway."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from orders.models import Order, TaxRate
from orders.refunds.pricing import Wanted
from orders.refunds.refunding import refund_order
from orders.tests.shop import confirm, make_order, paid_order
from payments import services
from payments.gateways.sandbox import client as sandbox
from payments.ledger import Account, Unbalanced, balance, book
from payments.ledger.checking import differences
from payments.models import LedgerEntry, LedgerLine, Payment, Refund, SandboxMovement
from payments.refunds.services import request_refund, send_pending
from rentals.lifecycle.services import cancel_rental
from rentals.money.settling import record_payment_by_hand
from rentals.sellable import RentalAccount
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, intent_of, pay, try_card

pytestmark = pytest.mark.django_db


def lines_of(entry):
    return {line.account: line.amount for line in entry.lines.all()}


def stands(account):
    return balance(account, currency="USD")


def booked(key):
    return lines_of(LedgerEntry.objects.get(key=key))


def an_entry():
    return book(key="try:1", kind="try", lines={Account.CASH: 100, Account.SALES: -100}, currency="USD")


def test_an_entry_that_does_not_sum_to_zero_is_refused():
    with pytest.raises(Unbalanced):
        book(key="try:1", kind="try", lines={Account.CASH: 100, Account.SALES: -99}, currency="USD")
    assert not LedgerEntry.objects.exists()


def test_the_same_thing_is_booked_once():
    assert an_entry().pk == an_entry().pk
    assert LedgerLine.objects.count() == 2


def test_nothing_is_no_entry():
    assert book(key="try:1", kind="try", lines={Account.CASH: 0}, currency="USD") is None


def test_a_paid_order_is_a_sale():
    order = paid_order()
    payment = order.payments().get()
    assert booked(f"payment-settled:{payment.pk}") == {"gateway_clearing": 59999, "deposits": -59999}
    assert booked(f"order-paid:{payment.pk}") == {"deposits": 59999, "sales": -59999}
    assert list(differences()) == []


def test_a_refund_is_booked_against_its_sale():
    order = paid_order()
    payment = order.payments().get()
    request_refund(payment=payment, amount=Decimal("150.00"), reason="A scratch")
    send_pending()
    assert (stands(Account.REFUNDS), stands(Account.SALES), stands(Account.DEPOSITS)) == (15000, -59999, 0)
    assert list(differences()) == []


def taxed_order():
    """Three pieces of 599.99 with 8.25 % tax, paid: 1,799.97 and 148.50."""
    TaxRate.objects.create(country="US", state="CA", percent="8.25")
    return paid_order(user=AddressFactory(state="CA").user, quantity=3)


def test_tax_goes_back_with_its_pieces_and_the_rest_of_it_with_the_last():
    order = taxed_order()
    line = order.lines.get().pk
    assert (stands(Account.SALES), stands(Account.SALES_TAX)) == (-179997, -14850)
    for pieces, tax in ((1, 9900), (2, 0)):
        refund_order(order=order, wanted=Wanted({line: pieces}), reason="Came back", by=AdminFactory())
        assert stands(Account.SALES_TAX) == -tax
    assert (stands(Account.REFUNDS), stands(Account.DEPOSITS), stands(Account.CLEARING)) == (179997, 0, 0)
    assert list(differences()) == []


def test_no_refund_takes_more_tax_along_than_it_is():
    payment = taxed_order().payments().get()
    for amount in ("1900.00", "48.47"):  # at the gateway, say: nobody here said what they were for
        request_refund(payment=payment, amount=Decimal(amount), reason="Goodwill")
        send_pending()
    first, last = Refund.objects.order_by("pk")
    assert booked(f"order-refunded:{first.pk}") == {"refunds": 190000, "deposits": -190000}
    assert booked(f"order-refunded:{last.pk}") == {"sales_tax": 4847, "deposits": -4847}
    assert list(differences()) == []


def test_money_that_came_too_late_goes_back_as_the_deposit_it_was():
    order = make_order()
    api = client_of(order.user)
    intent = api.post(f"orders/{order.pk}/payment-intent").json()["payment_intent_id"]
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    try_card(api, intent)
    confirm(api, intent)
    assert stands(Account.DEPOSITS) == -59999
    assert list(differences()) == []
    send_pending()
    assert [stands(account) for account in (Account.DEPOSITS, Account.REFUNDS, Account.SALES)] == [0, 0, 0]
    assert list(differences()) == []


def test_goods_that_go_out_unpaid_are_owed_for():
    order = make_order()
    order.move_to("processing", by=AdminFactory())
    order.move_to("shipped", by=AdminFactory())
    assert (stands(Account.RECEIVABLES), stands(Account.SALES)) == (59999, -59999)
    assert list(differences()) == []


def test_rent_is_income_and_a_cancelled_first_payment_goes_back():
    rental = make_rental(signed=True)
    pay(rental, times=2)
    unsigned = make_rental()
    pay(unsigned)
    assert (stands(RentalAccount.RENTAL_INCOME), stands(Account.DEPOSITS)) == (-14997, 0)
    cancel_rental(rental=unsigned)
    income = RentalAccount.RENTAL_INCOME
    assert (stands(income), stands(Account.REFUNDS), stands(Account.CLEARING)) == (-14997, 4999, 9998)
    assert list(differences()) == []


def test_money_taken_by_hand_lies_in_the_cash_box():
    rental = make_rental(signed=True)
    record_payment_by_hand(rental=rental, by=AdminFactory(), purpose="installment", reason="In the shop")
    assert (stands(Account.CASH), stands(Account.CLEARING), stands(RentalAccount.RENTAL_INCOME)) == (4999, 0, -4999)
    assert list(differences()) == []


def test_a_booking_that_is_rolled_back_was_never_there():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        paid_order()
        raise ZeroDivisionError
    assert not LedgerEntry.objects.exists()


def test_a_payment_that_never_was_booked_is_found():
    user = UserFactory()
    payment = services.open_payment(user=user, amount=Decimal("10.00"), currency="USD", gateway="sandbox")
    Payment.objects.filter(pk=payment.pk).update(status="succeeded", intent_id="pi_x")
    assert next(differences()) == f"payment {payment.pk}: it kept 10.00 USD, the books have 0.00 USD"


def test_a_charge_that_only_the_gateway_knows_is_found():
    order = make_order()
    intent = intent_of_order(order)
    sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)
    found = list(differences())
    assert found == [f"charge of {intent}: 599.99 USD at sandbox, and nothing is booked"]


def intent_of_order(order):
    return client_of(order.user).post(f"orders/{order.pk}/payment-intent").json()["payment_intent_id"]


def test_a_charge_that_the_gateway_does_not_know_is_found():
    order = paid_order()
    SandboxMovement.objects.all().delete()
    intent = order.payments().get().intent_id
    assert list(differences()) == [f"charge of {intent}: 599.99 USD are booked, and sandbox knows nothing of it"]


def test_an_order_whose_books_were_left_out_is_found(monkeypatch):
    monkeypatch.setattr("payments.receivers.book_sale", lambda *args: None)
    order = paid_order()
    assert list(differences()) == [f"order:{order.pk}: its payments kept 599.99 USD, its books say 0.00 USD"]


def test_the_command_says_so(capsys):
    rental = make_rental(signed=True)
    api = client_of(rental.user)
    call_command("check_ledger")
    assert "holds" in capsys.readouterr().out
    sandbox.pay(intent_id=intent_of(api, rental), card=sandbox.SUCCESS)
    with pytest.raises(CommandError, match="does not hold"):
        call_command("check_ledger")
    assert "nothing is booked" in capsys.readouterr().out
