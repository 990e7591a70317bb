"""`check_ledger` finds each kind of defect, names it, and leaves with 1."""

import pytest
from django.core.management import CommandError, call_command

from giggatek.tests.money.ledger_defects import (
    PLANTS,
    a_sale_is_booked_twice,
    the_gateway_knows_no_such_charge,
    the_payment,
)
from orders.fulfilment import payment_intent_for
from orders.tests.shop import make_order, paid_order
from payments.gateways.sandbox import client as sandbox
from payments.services import confirm
from rentals.tests.factories import make_rental
from rentals.tests.shop import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """A paid order and a rental with one payment, whose books hold."""
    order, rental = paid_order(), make_rental(signed=True)
    pay(rental)
    call_command("check_ledger")
    return {"order": order.pk, "rental": rental.pk, "payment": the_payment().pk}


@pytest.mark.parametrize("plant", PLANTS)
def test_it_is_found_and_named(plant, shop, capsys):
    wanted = plant().format(**shop)
    capsys.readouterr()
    with pytest.raises(CommandError, match="does not hold") as stopped:
        call_command("check_ledger", "--all")
    assert stopped.value.returncode == 1
    found = capsys.readouterr().out.splitlines()
    assert [one for one in found if one.endswith(wanted)], found


def test_without_all_the_first_difference_is_enough(shop, capsys):
    a_sale_is_booked_twice()
    the_gateway_knows_no_such_charge()
    capsys.readouterr()
    with pytest.raises(CommandError):
        call_command("check_ledger")
    assert capsys.readouterr().out.splitlines() == [
        f"order:{shop['order']}: its payments kept 599.99 USD, its books say 600.99 USD"
    ]


def test_what_is_gone_after_a_while_was_no_difference(shop, monkeypatch, capsys):
    """A payment that is at the gateway before it is here."""
    payment = payment_intent_for(order=make_order())
    sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
    waited = []

    def hear_meanwhile(seconds):
        waited.append(seconds)
        confirm(payment=payment)

    monkeypatch.setattr("payments.chores.clock.sleep", hear_meanwhile)
    call_command("check_ledger", "--wait", "60")
    assert waited == [60]
    assert capsys.readouterr().out.endswith("The ledger holds.\n")


def test_what_is_still_there_after_a_while_is_told(shop, monkeypatch, capsys):
    wanted = the_gateway_knows_no_such_charge()
    monkeypatch.setattr("payments.chores.clock.sleep", lambda seconds: None)
    with pytest.raises(CommandError):
        call_command("check_ledger", "--wait", "60")
    assert wanted in capsys.readouterr().out
