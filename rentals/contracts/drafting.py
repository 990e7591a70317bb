"""The terms of a contract, drawn up from a rental that was just made."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from rentals.contracts.terms import (
    ContractTerms,
    CustomerTerms,
    DeliveryTerms,
    EarlyPurchaseTerms,
    LateFeeTerms,
    PackTerms,
    PaymentTerms,
    ProductTerms,
    ShopTerms,
)
from rentals.contracts.text import choose_template
from rentals.models import Rental
from rentals.rules.disclosure import Disclosure
from rentals.rules.packs import BuyoutRule, RulePack
from rentals.rules.schedule import add_months

# The version of the words in section 11 of the templates, to which a signature consents.
CONSENT_VERSION = "1"


def draft(*, rental: Rental, disclosure: Disclosure, pack: RulePack, at: datetime) -> ContractTerms:
    """Everything that the contract of `rental` says, made at `at`; `disclosure` are its figures under `pack`."""
    delivery = delivery_of(rental.address)
    return ContractTerms(
        template=choose_template(places=(pack.code, rental.address["country"])),
        number=number_of(rental),
        rental_id=rental.pk,
        made_on=at.date().isoformat(),
        shop=ShopTerms(name=settings.SHOP_NAME, address=settings.SHOP_ADDRESS),
        customer=CustomerTerms(
            name=rental.user.get_full_name() or delivery["name"],
            email=rental.user.email,
            address=delivery["address"],
        ),
        product=product_of(rental),
        delivery=delivery,
        currency=disclosure.currency,
        monthly_rate=str(disclosure.monthly_rate),
        total_months=disclosure.total_months,
        total_amount=str(disclosure.total_amount),
        cash_price=str(disclosure.cash_price),
        cost_of_renting=str(disclosure.cost_of_renting),
        start_date=disclosure.start_date.isoformat(),
        end_date=disclosure.end_date.isoformat(),
        ownership_date=disclosure.ownership_date.isoformat(),
        due_day=disclosure.start_date.day,
        payments=payments_of(disclosure),
        early_purchase=[early_purchase(rule, start=disclosure.start_date) for rule in pack.buyout],
        late_fee=late_fee_of(disclosure),
        pack=PackTerms(code=pack.code, name=pack.name, version=pack.version, sources=list(pack.sources)),
        place=in_one_line(rental.address["state"], rental.address["country"]),
        consent_version=CONSENT_VERSION,
    )


def number_of(rental: Rental) -> str:
    return f"RTO-{rental.pk:06}"


def in_one_line(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def delivery_of(address: dict[str, Any]) -> DeliveryTerms:
    """Where it goes, from the rental's copy of the address."""
    town = f"{address['state']} {address['zip_code']}".strip()
    return DeliveryTerms(
        name=f"{address['first_name']} {address['last_name']}".strip(),
        address=in_one_line(address["street_address"], address["city"], town, address["country"]),
    )


def product_of(rental: Rental) -> ProductTerms:
    device, product = rental.device, rental.product
    return ProductTerms(
        name=rental.product_name,
        sku=rental.sku,
        condition=device.get_grade_display() if device else product.get_condition_display(),
        serial=device.serial if device else "",
    )


def payments_of(disclosure: Disclosure) -> list[PaymentTerms]:
    prices = {entry.month: entry.price for entry in disclosure.early_purchase}
    return [
        PaymentTerms(
            number=payment.number,
            due_date=payment.due_date.isoformat(),
            amount=str(payment.amount),
            price_after=str(prices[payment.number]),
        )
        for payment in disclosure.payments
    ]


def early_purchase(rule: BuyoutRule, *, start: date) -> EarlyPurchaseTerms:
    """A formula of early purchase, with the day on which it ends."""
    return EarlyPurchaseTerms(
        formula=rule.formula,
        until=add_months(start, rule.within_months).isoformat() if rule.within_months else "",
        minimum_payments=rule.minimum_payments,
        credited_percent=plain(rule.credited_percent),
        add_past_due=rule.add_past_due,
    )


def late_fee_of(disclosure: Disclosure) -> LateFeeTerms:
    rule = disclosure.late_fee
    return LateFeeTerms(
        kind=rule.kind,
        grace_days=rule.grace_days,
        percent=plain(rule.percent),
        amount=str(rule.amount),
        minimum=str(rule.minimum) if rule.minimum else "",
        fee=str(rule.fee),
    )


def plain(figure: Decimal) -> str:
    """A number without zeros at its end: 5.00 is "5"."""
    return f"{figure.normalize():f}"
