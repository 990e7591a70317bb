"""What the calls of rentals read."""

from rest_framework import serializers

from core.api.fields import BooleanField, IdField, IntegerField, OneOfField, TextField, WordsField
from core.api.inputs import Input, QueryInput
from rentals.models import Rental, RentalPayment


class RentalListInput(QueryInput):
    """Which of the user's rentals to list."""

    status = OneOfField(Rental.Status.choices, required=False, help_text="Only those that stand there.")


class TermInput(Input):
    """A product and a number of months. The rate is the catalogue's, never the client's."""

    product_id = IdField(help_text="A product that is for rent.")
    total_months = IntegerField(min_value=1, max_value=1200, help_text="One of the terms that the shop offers.")


class RentalInput(TermInput):
    """What to rent, for how long, and where it goes."""

    example = {"product_id": 101, "total_months": 12, "address_id": 1}

    address_id = IdField(help_text="One of the user's addresses.")


class QuoteInput(TermInput):
    """What a visitor considers to rent; the place decides which rules hold."""

    example = {"product_id": 101, "total_months": 12, "country": "US", "state": "NY"}

    country = TextField(max_length=2, default="US")
    state = TextField(max_length=100, allow_blank=True, default="")


class NotesInput(Input):
    """Why, if the customer cares to say."""

    example = {"notes": "I need it no longer."}

    notes = WordsField(max_length=2000, allow_blank=True, required=False)


class PurposeInput(Input):
    """What to pay: the next installment, or all that is left."""

    purpose = serializers.ChoiceField(
        choices=RentalPayment.Purpose.choices, default="installment", help_text="The next installment, or the buyout."
    )


class PaymentInput(Input):
    """A payment that was made. The method is for the record; the gateway has the last word."""

    example = {"payment_method": "stripe", "transaction_id": "pi_3abcdefghijklmnop"}

    payment_method = WordsField(max_length=50, default="stripe", help_text="How it was paid, for the record.")
    transaction_id = WordsField(max_length=120, help_text="The gateway's id of the intent or of the charge.")


class BuyoutInput(PaymentInput):
    """A buyout that was paid; without a transaction only while its price is 0."""

    example = {"payment_method": "stripe", "transaction_id": "pi_3abcdefghijklmnop"}

    transaction_id = WordsField(
        max_length=120, allow_null=True, default=None, help_text="The gateway's id; null while the price is 0."
    )


class SignatureInput(Input):
    """The signature: a typed name, and the version of the consent that was agreed to."""

    example = {"name": "John Doe"}

    name = WordsField(max_length=200, required=False, help_text="By default the name of the account.")
    consent_version = TextField(max_length=20, required=False, help_text="By default the contract's own.")


class AutopayInput(Input):
    """A saved card, and the customer's consent to the text that the call with GET answers."""

    example = {"setup_intent_id": "seti_1abcdefghijklmnop", "consent": True}

    setup_intent_id = WordsField(max_length=120, help_text="The set-up that saved the card.")
    consent = BooleanField(help_text="true: the customer agrees to the text.")

    def validate_consent(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("Consent is required.")
        return value
