"""Bodies in and out of the rental endpoints."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from catalog.models import Product
from core.api.fields import BooleanField, IdField, IntegerField, TextField, WordsField, utc
from core.api.serializers import StrictSerializer
from core.money import ZERO, percent_share
from payments.api.invoices import number_of
from payments.api.serializers import payment_json
from rentals.models import Autopay, Contract, Installment, Rental, RentalPayment, RentalStatusChange
from rentals.money.pricing import BuyoutQuote, buyout_quote, next_installment, open_fees, total_of
from rentals.rules import disclosure

# The contract's words for where an installment stands; one that is late is `overdue`.
INSTALLMENT_STATUS = {"open": "pending", "paid": "completed", "closed": "closed"}


class RentalBody(StrictSerializer):
    """What to rent, for how long, and where it goes. The rate is the catalogue's, never the client's."""

    product_id = IdField()
    total_months = IntegerField(min_value=1, max_value=1200)
    address_id = IdField()


class QuoteBody(StrictSerializer):
    """What somebody thinks of renting; the place decides which rules hold."""

    product_id = IdField()
    total_months = IntegerField(min_value=1, max_value=1200)
    country = TextField(max_length=2, default="US")
    state = TextField(max_length=100, allow_blank=True, default="")


class NotesBody(StrictSerializer):
    """Why, if the customer cares to say."""

    notes = WordsField(max_length=2000, allow_blank=True, required=False)


class PurposeBody(StrictSerializer):
    """What to pay: the next installment, or all that is left."""

    purpose = serializers.ChoiceField(choices=RentalPayment.Purpose.choices, default="installment")


class PaymentBody(StrictSerializer):
    """A payment that was made. The method is for the record; the gateway has the last word."""

    payment_method = WordsField(max_length=50, default="stripe")
    transaction_id = WordsField(max_length=120)


class BuyoutBody(StrictSerializer):
    """As PaymentBody; without a transaction only while the price is 0."""

    payment_method = WordsField(max_length=50, default="stripe")
    transaction_id = WordsField(max_length=120, allow_null=True, default=None)


class SignBody(StrictSerializer):
    """The signature: a typed name (else the account's), and the consent's version that was agreed to."""

    name = WordsField(max_length=200, required=False)
    consent_version = TextField(max_length=20, required=False)


class AutopayBody(StrictSerializer):
    """A saved card, by the set-up that saved it, and the customer's yes to the text of `GET …/autopay`."""

    setup_intent_id = WordsField(max_length=120)
    consent = BooleanField()

    def validate_consent(self, value: bool) -> bool:
        """Nothing is charged without a yes."""
        if not value:
            raise serializers.ValidationError("Consent is required.")
        return value


def rental_json(rental: Rental) -> dict[str, Any]:
    """The rental as every answer shows it; read with `with_schedule`."""
    following = None if rental.is_over else next_installment(rental)
    made = rental.payments_made
    return {
        "id": rental.pk,
        "user_id": rental.user_id,
        "product_id": rental.product_id,
        "start_date": rental.start_date,
        "end_date": rental.end_date,
        "monthly_rate": rental.monthly_rate,
        "total_months": rental.total_months,
        "total_amount": rental.total_amount,
        "cash_price": rental.cash_price,
        "currency": rental.currency,
        "status": rental.status,
        "payments_made": made,
        "remaining_payments": len(rental.open_installments),
        "remaining_amount": total_of(rental.open_installments),
        "next_payment_date": following and following.due_date,
        "payment_progress": percent_share(made, rental.total_months),
        "late_fees": open_fees(rental),
        "address_id": rental.address_ref_id,
        "product_name": rental.product_name,
        "sku": rental.sku,
        "image_url": rental.image_url,
        "carrier": rental.carrier or None,
        "tracking_number": rental.tracking_number or None,
        "created_at": utc(rental.created_at),
        "updated_at": utc(rental.updated_at),
    }


def rental_with_payments_json(rental: Rental) -> dict[str, Any]:
    """The rental as the list shows it."""
    return {**rental_json(rental), "payments": payments_json(rental)}


def payments_json(rental: Rental) -> list[dict[str, Any]]:
    """Its payments, oldest first."""
    return [link_json(link) for link in rental.rental_payments.all()]


def link_json(link: RentalPayment) -> dict[str, Any]:
    """A payment as the contract lists it with a rental."""
    payment = link.payment
    moment = payment.settled_at or payment.created_at
    return {
        **payment_json(payment),
        "rental_id": link.rental_id,
        "purpose": link.purpose,
        "payment_date": moment.date(),
        "invoice_number": number_of(payment, "invoice"),
        "created_at": utc(payment.created_at),
    }


def installment_json(installment: Installment, *, now: datetime) -> dict[str, Any]:
    """A line of the schedule."""
    late = installment.is_late(today=now.date())
    paid_with = installment.paid_with
    fee = getattr(installment, "late_fee", None)
    return {
        "month": installment.number,
        "date": installment.due_date,
        "amount": installment.amount,
        "status": "overdue" if late else INSTALLMENT_STATUS[installment.state],
        "transaction_id": (paid_with.payment.charge_id or paid_with.payment.intent_id) if paid_with else None,
        "paid_at": utc(installment.paid_at),
        "late_fee": fee.amount if fee is not None and fee.waived_at is None else ZERO,
    }


def contract_json(contract: Contract) -> dict[str, Any]:
    """The contract's text and signature."""
    return {
        "id": contract.pk,
        "rental_id": contract.rental_id,
        "contract_text": contract.text,
        "text_sha256": contract.text_sha256,
        "signed_at": utc(contract.signed_at),
        "signature_ip": contract.signature_ip,
        "signer_name": contract.signer_name or None,
        "consent_version": contract.consent_version or None,
        "created_at": utc(contract.created_at),
    }


def change_json(change: RentalStatusChange) -> dict[str, Any]:
    """A step of the rental's life."""
    return {
        "id": change.pk,
        "rental_id": change.subject_id,
        "status": change.status,
        "notes": change.notes,
        "created_at": utc(change.created_at),
        "created_by": change.created_by,
    }


def rental_detail_json(rental: Rental, *, now: datetime) -> dict[str, Any]:
    """The whole rental; read with `whole`."""
    product = rental.product
    return {
        **rental_with_payments_json(rental),
        "contract_id": rental.contract.pk,
        "product_description": product.description,
        "category": product.category.slug,
        "condition": product.condition,
        "specifications": product.specifications_text,
        "serial": rental.device.serial if rental.device else None,
        "address": rental.address,
        "contract": contract_json(rental.contract),
        "status_history": [change_json(change) for change in rental.status_history.all()],
        "payment_schedule": [installment_json(one, now=now) for one in rental.installments.all()],
        "autopay": autopay_json(getattr(rental, "autopay", None)),
    }


def autopay_json(autopay: Autopay | None) -> dict[str, Any]:
    """Whether the rental is paid by itself, and with which card."""
    if autopay is None:
        return {"enabled": False, "card": None, "consented_at": None}
    card = {"brand": autopay.card.brand, "last4": autopay.card.last4}
    return {"enabled": True, "card": card, "consented_at": utc(autopay.consented_at)}


def receipt_json(link: RentalPayment, rental: Rental, *, now: datetime) -> dict[str, Any]:
    """What was paid, what remains, and today's price to own the device."""
    active = rental.status == Rental.Status.ACTIVE
    return {
        "amount": link.payment.amount,
        "currency": link.payment.currency,
        "transaction_id": link.payment.charge_id or link.payment.intent_id,
        "paid_at": utc(link.counted_at),
        "remaining_amount": total_of(rental.open_installments),
        "buyout_price": buyout_quote(rental, now=now).total if active else None,
    }


def buyout_json(quote: BuyoutQuote, *, currency: str) -> dict[str, Any]:
    """Today's buyout price, and how it came about."""
    return {
        "buyout_price": quote.total,
        "currency": currency,
        "formula": quote.price.formula,
        "formula_amount": quote.price.formula_amount,
        "remaining_scheduled": quote.price.remaining_scheduled,
        "late_fees": quote.fees,
        "inputs": quote.price.inputs,
        "valid_until": utc(quote.valid_until),
    }


def quote_json(product: Product, figures: disclosure.Disclosure) -> dict[str, Any]:
    """The whole cost of a rental."""
    return {"product_id": product.pk, "product_name": product.name, **disclosure.as_json(figures)}
