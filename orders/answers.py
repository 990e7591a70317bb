"""The shapes of the answers, for the OpenAPI document; `orders.serializers` makes them."""

from rest_framework import serializers

from core.api.fields import MoneyField
from orders.models import Order
from payments.api.invoices import InvoiceAnswer
from payments.api.serializers import PaymentAnswer
from payments.models import Refund


class LineAnswer(serializers.Serializer):
    """The shape of `line_json`."""

    id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    quantity = serializers.IntegerField()
    price = MoneyField()
    subtotal = MoneyField()
    product_name = serializers.CharField()
    image_url = serializers.CharField()
    sku = serializers.CharField()
    serials = serializers.ListField(child=serializers.CharField())


class OrderSummaryAnswer(serializers.Serializer):
    """The shape of `order_json`."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    order_date = serializers.DateTimeField()
    total = MoneyField()
    subtotal = MoneyField()
    shipping_total = MoneyField()
    tax_total = MoneyField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    payment_status = serializers.ChoiceField(choices=Order.PaymentStatus.choices)
    shipping_address_id = serializers.IntegerField()
    billing_address_id = serializers.IntegerField()
    shipping_method = serializers.CharField()
    carrier = serializers.CharField(allow_null=True)
    tracking_number = serializers.CharField(allow_null=True)
    notes = serializers.CharField(allow_null=True)


class OrderListItemAnswer(OrderSummaryAnswer):
    """The shape of `order_with_items_json`."""

    items = LineAnswer(many=True)


class PaginationAnswer(serializers.Serializer):
    """Which page this is."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    per_page = serializers.IntegerField()
    total_pages = serializers.IntegerField()


class OrderListAnswer(serializers.Serializer):
    """A page of orders."""

    orders = OrderListItemAnswer(many=True)
    pagination = PaginationAnswer()


class AddressAnswer(serializers.Serializer):
    """An order's copy of an address."""

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    street_address = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    zip_code = serializers.CharField()
    country = serializers.CharField()
    phone = serializers.CharField()


class OrderPaymentAnswer(PaymentAnswer):
    """A payment of an order."""

    order_id = serializers.IntegerField()


class ChangeAnswer(serializers.Serializer):
    """The shape of `change_json`."""

    id = serializers.IntegerField()
    order_id = serializers.IntegerField()
    status = serializers.CharField()
    notes = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()


class RefundLineAnswer(serializers.Serializer):
    """Pieces of a line whose price went back."""

    order_item_id = serializers.IntegerField()
    quantity = serializers.IntegerField()


class RefundAnswer(serializers.Serializer):
    """The shape of `refund_json`."""

    id = serializers.IntegerField()
    amount = MoneyField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(choices=Refund.Status.choices)
    created_at = serializers.DateTimeField()
    credit_note_number = serializers.CharField(allow_null=True)
    lines = RefundLineAnswer(many=True)


class OrderDetail(OrderListItemAnswer):
    """The shape of `order_detail_json`."""

    shipping_address = AddressAnswer()
    billing_address = AddressAnswer()
    invoice_number = serializers.CharField(allow_null=True)
    payments = OrderPaymentAnswer(many=True)
    refunds = RefundAnswer(many=True)
    status_history = ChangeAnswer(many=True)


class OrderDetailAnswer(serializers.Serializer):
    """One order, whole."""

    order = OrderDetail()


class OrderMadeAnswer(serializers.Serializer):
    """An order that was just placed or changed."""

    message = serializers.CharField()
    order = OrderListItemAnswer()


class OrderPaymentsAnswer(serializers.Serializer):
    """The payments of an order."""

    payments = OrderPaymentAnswer(many=True)


class CreditNotesAnswer(serializers.Serializer):
    """The credit notes of an order."""

    credit_notes = InvoiceAnswer(many=True)


class ShippingMethodAnswer(serializers.Serializer):
    """The shape of `shipping_method_json`."""

    code = serializers.CharField()
    name = serializers.CharField()
    price = MoneyField()


class ShippingMethodsAnswer(serializers.Serializer):
    """The shipping methods on offer."""

    shipping_methods = ShippingMethodAnswer(many=True)


class MostRecentOrder(serializers.Serializer):
    """The latest order in short."""

    id = serializers.IntegerField()
    order_date = serializers.DateTimeField()
    total = MoneyField()
    status = serializers.CharField()


class StatsAnswer(serializers.Serializer):
    """Figures about the user's own orders."""

    total_orders = serializers.IntegerField()
    status_counts = serializers.DictField(child=serializers.IntegerField())
    total_spent = MoneyField()
    most_recent_order = MostRecentOrder(allow_null=True)
