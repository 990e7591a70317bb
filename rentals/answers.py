"""The shapes of the answers, for the OpenAPI document; `rentals.serializers` makes them."""

from rest_framework import serializers

from catalog.models import Condition
from core.api.fields import MoneyField
from core.api.pagination import PaginationShape as PaginationAnswer
from orders.api.shapes import AddressCopyShape as AddressAnswer
from payments.api.invoices import InvoiceAnswer
from payments.api.serializers import PaymentAnswer
from rentals.models import Rental, RentalPayment

INSTALLMENT_STATUSES = ["pending", "completed", "overdue", "closed"]


class RentalAnswer(serializers.Serializer):
    """The shape of `rental_json`."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    monthly_rate = MoneyField()
    total_months = serializers.IntegerField()
    total_amount = MoneyField()
    cash_price = MoneyField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Rental.Status.choices)
    payments_made = serializers.IntegerField()
    remaining_payments = serializers.IntegerField()
    remaining_amount = MoneyField()
    next_payment_date = serializers.DateField(allow_null=True)
    payment_progress = MoneyField()
    late_fees = MoneyField()
    address_id = serializers.IntegerField()
    product_name = serializers.CharField()
    sku = serializers.CharField()
    image_url = serializers.CharField(allow_blank=True)
    carrier = serializers.CharField(allow_null=True)
    tracking_number = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RentalPaymentAnswer(PaymentAnswer):
    """The shape of `link_json`."""

    rental_id = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=RentalPayment.Purpose.choices)
    payment_date = serializers.DateField()
    invoice_number = serializers.CharField(allow_null=True)


class RentalListItemAnswer(RentalAnswer):
    """The shape of `rental_with_payments_json`."""

    payments = RentalPaymentAnswer(many=True)


class RentalListAnswer(serializers.Serializer):
    """A page of rentals."""

    rentals = RentalListItemAnswer(many=True)
    pagination = PaginationAnswer()


class ContractAnswer(serializers.Serializer):
    """The shape of `contract_json`."""

    id = serializers.IntegerField()
    rental_id = serializers.IntegerField()
    contract_text = serializers.CharField()
    text_sha256 = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)
    signature_ip = serializers.CharField(allow_null=True)
    signer_name = serializers.CharField(allow_null=True)
    consent_version = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class InstallmentAnswer(serializers.Serializer):
    """The shape of `installment_json`."""

    month = serializers.IntegerField()
    date = serializers.DateField()
    amount = MoneyField()
    status = serializers.ChoiceField(choices=INSTALLMENT_STATUSES)
    transaction_id = serializers.CharField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    late_fee = MoneyField()


class RentalChangeAnswer(serializers.Serializer):
    """The shape of `change_json`."""

    id = serializers.IntegerField()
    rental_id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Rental.Status.choices)
    notes = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()


class AutopayCardAnswer(serializers.Serializer):
    """Which card, as far as anybody may know."""

    brand = serializers.CharField()
    last4 = serializers.CharField()


class AutopayStateAnswer(serializers.Serializer):
    """The shape of `autopay_json`."""

    enabled = serializers.BooleanField()
    card = AutopayCardAnswer(allow_null=True)
    consented_at = serializers.DateTimeField(allow_null=True)


class AutopayAnswer(serializers.Serializer):
    """Autopay, and the text that a customer says yes to."""

    message = serializers.CharField(required=False)
    autopay = AutopayStateAnswer()
    consent_text = serializers.CharField()
    consent_version = serializers.CharField()


class RentalWholeAnswer(RentalListItemAnswer):
    """The shape of `rental_detail_json`."""

    contract_id = serializers.IntegerField()
    product_description = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    condition = serializers.ChoiceField(choices=Condition.choices)
    specifications = serializers.CharField()
    serial = serializers.CharField(allow_null=True)
    address = AddressAnswer()
    contract = ContractAnswer()
    status_history = RentalChangeAnswer(many=True)
    payment_schedule = InstallmentAnswer(many=True)
    autopay = AutopayStateAnswer()


class RentalDetailAnswer(serializers.Serializer):
    """One rental, whole."""

    rental = RentalWholeAnswer()


class RentalMadeAnswer(serializers.Serializer):
    """A rental that something was done to."""

    message = serializers.CharField()
    rental = RentalListItemAnswer()


class RentalCreatedAnswer(serializers.Serializer):
    """A new rental and its contract, to read before it is signed."""

    message = serializers.CharField()
    rental = RentalListItemAnswer()
    contract = ContractAnswer()


class ReceiptAnswer(serializers.Serializer):
    """The shape of `receipt_json`."""

    amount = MoneyField()
    currency = serializers.CharField()
    transaction_id = serializers.CharField()
    paid_at = serializers.DateTimeField()
    remaining_amount = MoneyField()
    buyout_price = MoneyField(allow_null=True)


class RentalPaidAnswer(RentalMadeAnswer):
    """A payment that counts."""

    receipt = ReceiptAnswer()


class BuyoutQuoteAnswer(serializers.Serializer):
    """The shape of `buyout_json`."""

    buyout_price = MoneyField()
    currency = serializers.CharField()
    formula = serializers.CharField()
    formula_amount = MoneyField()
    remaining_scheduled = MoneyField()
    late_fees = MoneyField()
    inputs = serializers.DictField()
    valid_until = serializers.DateTimeField()


class BoughtOutAnswer(serializers.Serializer):
    """A rental that ended with a buyout."""

    message = serializers.CharField()
    amount_paid = MoneyField()


class SignedAnswer(serializers.Serializer):
    """A signed contract."""

    message = serializers.CharField()
    signed_at = serializers.DateTimeField()
    contract = ContractAnswer()


class RentalPaymentsAnswer(serializers.Serializer):
    """The payments of a rental."""

    payments = RentalPaymentAnswer(many=True)


class InvoicesAnswer(serializers.Serializer):
    """The invoices and credit notes of a rental."""

    invoices = InvoiceAnswer(many=True)


class DueAnswer(serializers.Serializer):
    """A payment to come."""

    number = serializers.IntegerField()
    due_date = serializers.DateField()
    amount = MoneyField()


class EarlyPurchaseAnswer(serializers.Serializer):
    """What owning the device costs after so many payments."""

    month = serializers.IntegerField()
    date = serializers.DateField()
    price = MoneyField()


class LateFeeAnswer(serializers.Serializer):
    """What lateness costs."""

    kind = serializers.CharField()
    grace_days = serializers.IntegerField()
    percent = MoneyField()
    amount = MoneyField()
    minimum = MoneyField()
    fee = MoneyField()


class RentalQuoteAnswer(serializers.Serializer):
    """The shape of `quote_json`."""

    product_id = serializers.IntegerField()
    product_name = serializers.CharField()
    currency = serializers.CharField()
    monthly_rate = MoneyField()
    total_months = serializers.IntegerField()
    total_amount = MoneyField()
    cash_price = MoneyField()
    cost_of_renting = MoneyField()
    number_of_payments = serializers.IntegerField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    ownership_date = serializers.DateField()
    ownership_passes = serializers.CharField()
    payments = DueAnswer(many=True)
    early_purchase = EarlyPurchaseAnswer(many=True)
    late_fee = LateFeeAnswer()
    pack_code = serializers.CharField()
    pack_name = serializers.CharField()
    pack_version = serializers.IntegerField()
    pack_sources = serializers.ListField(child=serializers.CharField())


class UpcomingAnswer(serializers.Serializer):
    """The next payment of a rental."""

    id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    next_payment_date = serializers.DateField()
    monthly_rate = MoneyField()
    product_name = serializers.CharField()


class RentalStatusCountsAnswer(serializers.Serializer):
    """How many rentals have each status."""

    pending = serializers.IntegerField()
    active = serializers.IntegerField()
    completed = serializers.IntegerField()
    returned = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class RentalStatsAnswer(serializers.Serializer):
    """The shape of `stats_of`."""

    total_rentals = serializers.IntegerField()
    status_counts = RentalStatusCountsAnswer()
    total_spent = MoneyField()
    upcoming_payments = UpcomingAnswer(many=True)
    total_products_rented = serializers.IntegerField()
