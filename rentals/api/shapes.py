"""The shapes of what is answered about rentals."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Condition
from core.api.fields import BlankIsNullField, MoneyField, UtcDateTimeField, utc
from core.api.pagination import PageShape
from core.api.shapes import MessageShape, Shape
from core.money import ZERO
from orders.api.shapes import AddressCopyShape
from payments.api.shapes import InvoiceShape, PaymentShape
from payments.models import Payment
from rentals.models import Installment, Rental, RentalPayment

# The contract's words for where an installment stands.
INSTALLMENT_STATUS = {"open": "pending", "paid": "completed", "late": "overdue", "closed": "closed"}
INSTALLMENT_STATUSES = list(INSTALLMENT_STATUS.values())


class RentalPaymentShape(PaymentShape):
    """A payment of a rental."""

    rental_id = serializers.IntegerField(source="rental_payment.rental_id", help_text="The rental that it pays.")
    purpose = serializers.ChoiceField(
        choices=RentalPayment.Purpose.choices, source="rental_payment.purpose", help_text="What it pays."
    )
    payment_date = serializers.SerializerMethodField(help_text="The day it was settled, else begun.")
    invoice_number = serializers.CharField(
        source="invoice.number", allow_null=True, help_text="Its invoice, once it is counted."
    )
    created_at = serializers.SerializerMethodField()

    def get_payment_date(self, payment: Payment) -> date:
        return (payment.settled_at or payment.created_at).date()

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_created_at(self, payment: Payment) -> str | None:
        return utc(payment.created_at)


class RentalShape(Shape):
    """A rental with its payments; read it with `with_schedule`."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    product_id = serializers.IntegerField(help_text="The product, as the catalogue knows it.")
    start_date = serializers.DateField(help_text="The first day, on which the first payment is due.")
    end_date = serializers.DateField(help_text="The day on which all months have run.")
    monthly_rate = MoneyField(help_text="Of one month.")
    total_months = serializers.IntegerField(help_text="The term.")
    total_amount = MoneyField(help_text="Of all months.")
    cash_price = MoneyField(help_text="What the product costs to buy.")
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Rental.Status.choices)
    payments_made = serializers.IntegerField(help_text="How many installments are paid.")
    remaining_payments = serializers.IntegerField(help_text="How many installments are open.")
    remaining_amount = MoneyField(help_text="What the open installments come to, without late fees.")
    next_payment_date = serializers.DateField(allow_null=True, help_text="When the next installment is due.")
    payment_progress = MoneyField(help_text="How much of the installments is paid, in percent.")
    late_fees = MoneyField(source="late_fees_due", help_text="The late fees that are open.")
    address_id = serializers.IntegerField(source="address_ref_id", help_text="The address, as it was copied from.")
    product_name = serializers.CharField(help_text="What it was called.")
    sku = serializers.CharField(help_text="The stock keeping unit.")
    image_url = serializers.CharField(help_text="Its picture.")
    carrier = BlankIsNullField(help_text="Who carries the parcel.")
    tracking_number = BlankIsNullField(help_text="The parcel's number.")
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()
    payments = RentalPaymentShape(source="all_payments", many=True, help_text="Made or begun, oldest first.")


class ContractShape(Shape):
    """A contract's text and its signature."""

    id = serializers.IntegerField()
    rental_id = serializers.IntegerField(help_text="The rental.")
    contract_text = serializers.CharField(source="text", help_text="The whole text, as it is signed.")
    text_sha256 = serializers.CharField(help_text="The SHA-256 of the text.")
    signed_at = UtcDateTimeField(allow_null=True, help_text="When it was signed, UTC.")
    signature_ip = serializers.CharField(allow_null=True, help_text="From where it was signed.")
    signer_name = BlankIsNullField(help_text="Who signed.")
    consent_version = BlankIsNullField(help_text="The version of the consent to electronic records.")
    created_at = UtcDateTimeField()


class InstallmentShape(Shape):
    """A month's payment."""

    month = serializers.IntegerField(source="number", help_text="Its number, from 1.")
    date = serializers.DateField(source="due_date", help_text="When it is due.")
    amount = MoneyField(help_text="Without late fees.")
    status = serializers.SerializerMethodField()
    transaction_id = serializers.SerializerMethodField(help_text="The gateway's id of what paid it.")
    paid_at = UtcDateTimeField(allow_null=True, help_text="When it was paid, UTC.")
    late_fee = serializers.SerializerMethodField(help_text="The fee for its lateness; 0 for none.")

    @extend_schema_field(serializers.ChoiceField(choices=INSTALLMENT_STATUSES))
    def get_status(self, installment: Installment) -> str:
        late = installment.is_late(today=timezone.localdate())
        return INSTALLMENT_STATUS["late" if late else installment.state]

    def get_transaction_id(self, installment: Installment) -> str | None:
        paid_with = installment.paid_with
        return (paid_with.payment.charge_id or paid_with.payment.intent_id) if paid_with else None

    @extend_schema_field(MoneyField())
    def get_late_fee(self, installment: Installment) -> Decimal:
        fee = getattr(installment, "late_fee", None)
        return fee.amount if fee is not None and fee.waived_at is None else ZERO


class RentalStatusChangeShape(Shape):
    """A step in a rental's life."""

    id = serializers.IntegerField()
    rental_id = serializers.IntegerField(source="subject_id", help_text="The rental.")
    status = serializers.ChoiceField(choices=Rental.Status.choices, help_text="Where it went.")
    notes = serializers.CharField()
    created_at = UtcDateTimeField()
    created_by = serializers.CharField(help_text="Who did it.")


class AutopayCardShape(Shape):
    """The card that pays."""

    brand = serializers.CharField(help_text="Visa, Mastercard and so on.")
    last4 = serializers.CharField(help_text="Its last four digits.")


class AutopayShape(Shape):
    """The autopay of a rental."""

    enabled = serializers.SerializerMethodField(help_text="Whether a card is charged on the day it is due.")
    card = AutopayCardShape(source="autopay.card", allow_null=True, help_text="Which card.")
    consented_at = UtcDateTimeField(
        source="autopay.consented_at", allow_null=True, help_text="When the customer agreed, UTC."
    )

    def get_enabled(self, rental: Rental) -> bool:
        return getattr(rental, "autopay", None) is not None


class RentalDetailShape(RentalShape):
    """The whole rental; read it with `with_details`."""

    contract_id = serializers.IntegerField(source="contract.id", help_text="The contract.")
    product_description = serializers.CharField(source="product.description", help_text="In the shop's words.")
    category = serializers.CharField(source="product.category.slug", help_text="The product's category.")
    condition = serializers.ChoiceField(
        choices=Condition.choices, source="product.condition", help_text="The product's condition."
    )
    specifications = serializers.CharField(source="product.specifications_text", help_text="An object, as JSON text.")
    serial = serializers.CharField(
        source="device.serial", allow_null=True, help_text="The serial number of the very device."
    )
    address = AddressCopyShape(help_text="Where it goes.")
    contract = ContractShape(help_text="Its contract.")
    status_history = RentalStatusChangeShape(many=True, help_text="Its steps, the latest first.")
    payment_schedule = InstallmentShape(source="installments", many=True, help_text="All months, in order.")
    autopay = AutopayShape(source="*", help_text="Whether it is paid by a saved card.")


class RentalPageShape(PageShape):
    """A page of the user's rentals, newest first."""

    rentals = RentalShape(many=True, help_text="The rentals of this page.")


class OneRentalShape(Shape):
    """One rental, whole."""

    rental = RentalDetailShape(help_text="The rental.")


class ChangedRentalShape(MessageShape):
    """A rental that was just changed."""

    rental = RentalShape(help_text="The rental, as it is now.")


class CreatedRentalShape(ChangedRentalShape):
    """A new rental, and its contract to read before it is signed."""

    contract = ContractShape(help_text="Its contract, not signed yet.")


class ReceiptShape(Shape):
    """What was paid, what remains, and today's price to own the device."""

    amount = MoneyField(help_text="What was paid.")
    currency = serializers.CharField()
    transaction_id = serializers.CharField(help_text="The gateway's id of the charge.")
    paid_at = UtcDateTimeField(help_text="When it was counted, UTC.")
    remaining_amount = MoneyField(help_text="What the open installments come to.")
    buyout_price = MoneyField(allow_null=True, help_text="What owning the device costs now, while the rental runs.")


class PaidRentalShape(ChangedRentalShape):
    """A payment that counts."""

    receipt = ReceiptShape(help_text="The receipt.")


class BoughtOutShape(MessageShape):
    """A rental that ended with a buyout."""

    amount_paid = MoneyField(help_text="What the buyout cost.")


class SignedContractShape(MessageShape):
    """A contract that was just signed."""

    signed_at = UtcDateTimeField(help_text="When it was signed, UTC.")
    contract = ContractShape(help_text="The contract.")


class RentalPaymentsShape(Shape):
    """The payments of a rental, made or begun, oldest first."""

    payments = RentalPaymentShape(source="all_payments", many=True, help_text="The payments.")


class RentalInvoicesShape(Shape):
    """The invoices and credit notes of a rental, oldest first."""

    invoices = InvoiceShape(many=True, help_text="An invoice for each counted payment, and their credit notes.")


class AutopayAnswerShape(Shape):
    """Autopay, and the text that a customer agrees to."""

    message = serializers.CharField(required=False)
    autopay = AutopayShape(help_text="Whether it is on.")
    consent_text = serializers.CharField(help_text="What the customer agrees to.")
    consent_version = serializers.CharField(help_text="The version of the text.")


class UpcomingPaymentShape(Shape):
    """The next payment of a rental."""

    id = serializers.IntegerField(help_text="The rental.")
    product_id = serializers.IntegerField(help_text="The product.")
    next_payment_date = serializers.DateField(help_text="When it is due.")
    monthly_rate = MoneyField(help_text="How much, without late fees.")
    product_name = serializers.CharField(help_text="What it was called.")


class RentalStatsShape(Shape):
    """Figures about the user's own rentals."""

    total_rentals = serializers.IntegerField(help_text="How many there are.")
    status_counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many stand at each status."
    )
    total_spent = MoneyField(help_text="What was paid, less what went back.")
    upcoming_payments = UpcomingPaymentShape(many=True, help_text="Of the rentals that run, the soonest first.")
    total_products_rented = serializers.IntegerField(help_text="How many different products.")
