"""Mails about an order."""

from typing import Any, Self

from django.utils.translation import gettext as _

from notifications.mails.base import StepMail, Values
from notifications.mails.order_parts import (
    Amount,
    Delivery,
    Line,
    OrderFacts,
    OrderMail,
    Piece,
    delivery,
    example_delivery,
    example_lines,
    order_facts,
    order_lines,
    order_of,
    status_label,
)
from notifications.mails.parts import INVOICE, Parcel, document_attachments, number_of, parcel, usd
from notifications.mails.wording import localized_money, translated_note
from notifications.models import Email
from orders.models import Order, OrderRefundLine, OrderStatusChange
from payments.models import Invoice, InvoiceKind, Payment, Refund
from payments.models.payment import MANUAL
from payments.signals import payment_settled, refund_settled


class OrderStepMail(StepMail, OrderMail):
    """The order reached `status`."""

    sender = Order

    def __init__(self, *, subject: Order, change: OrderStatusChange, **_: Any) -> None:
        super().__init__(subject, event=f"order-status:{change.pk}")
        self.change = change


class OrderConfirmation(OrderStepMail):
    """A new order: what was bought, for how much, and where it goes."""

    kind = "order_confirmation"
    required = True
    status = Order.Status.PENDING

    class Context(OrderFacts, Delivery):
        lines: list[Line]
        amounts: list[Amount]
        total: str

    def context(self) -> Context:
        order = self.order
        parts = {_("Subtotal"): order.subtotal, _("Shipping"): order.shipping_total, _("Tax"): order.tax_total}
        return {
            **self.facts,
            **delivery(order),
            "lines": order_lines(order),
            "amounts": [
                {"label": label, "value": localized_money(amount, order.currency)} for label, amount in parts.items()
            ],
            "total": localized_money(order.total, order.currency),
        }

    @classmethod
    def example(cls) -> Context:
        parts = {_("Subtotal"): "2697.99", _("Shipping"): "0", _("Tax"): "222.58"}
        return {
            **order_facts(12),
            **example_delivery(),
            "lines": example_lines(),
            "amounts": [{"label": label, "value": usd(amount)} for label, amount in parts.items()],
            "total": usd("2920.57"),
        }


class OrderStatus(OrderStepMail):
    """The order is being prepared; with the invoice when it is paid."""

    kind = "order_status"
    required = False
    status = Order.Status.PROCESSING

    class Context(OrderFacts):
        label: str
        note: str
        invoice: str

    def __init__(self, **cause: Any) -> None:
        super().__init__(**cause)
        self.invoice = Invoice.objects.about(self.order.holder).of_kind(InvoiceKind.INVOICE).first()
        self.attachments = document_attachments(self.invoice)

    def context(self) -> Context:
        label, note = status_label(self.change.status), translated_note(self.change.notes)
        return {**self.facts, "label": label, "note": note, "invoice": number_of(self.invoice)}

    @classmethod
    def example(cls) -> Context:
        note = translated_note("Payment confirmed, processing order")
        return {**order_facts(12), "label": status_label("processing"), "note": note, "invoice": INVOICE}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"status_bare": {"note": "", "invoice": ""}}


class OrderPaid(OrderMail):
    """The invoice, when no step of the order has brought it: staff were faster than the money."""

    kind = "order_paid"
    required = True
    signal, sender = payment_settled, Payment

    class Context(OrderFacts):
        amount: str
        invoice: str

    def __init__(self, order: Order, *, payment: Payment, invoice: Invoice) -> None:
        super().__init__(order, event=f"payment:{payment.pk}")
        self.payment, self.invoice = payment, invoice
        self.attachments = document_attachments(invoice)

    @classmethod
    def from_signal(cls, *, payment: Payment, **_: Any) -> Self | None:
        order = order_of(payment)
        invoice = Invoice.objects.filter(invoice_of=payment).first()
        if order is None or invoice is None or cls.is_sent_with_latest_step(order, invoice):
            return None
        return cls(order, payment=payment, invoice=invoice)

    @staticmethod
    def is_sent_with_latest_step(order: Order, invoice: Invoice) -> bool:
        """Whether the mail about the order's latest step carries the invoice."""
        latest = order.status_history.order_by("pk").last()
        mails = Email.objects.filter(kind=OrderStatus.kind, event=f"order-status:{latest.pk}") if latest else []
        return any(named["id"] == invoice.pk for mail in mails for named in mail.attachments)

    def context(self) -> Context:
        amount = localized_money(self.payment.amount, self.payment.currency)
        return {**self.facts, "amount": amount, "invoice": self.invoice.number}

    @classmethod
    def example(cls) -> Context:
        return {**order_facts(12), "amount": usd("2920.57"), "invoice": INVOICE}


class OrderShipped(OrderStepMail):
    """The order was shipped: where it goes, and how to follow it."""

    kind = "order_shipped"
    required = False
    status = Order.Status.SHIPPED

    class Context(OrderFacts, Parcel, Delivery):
        lines: list[Line]

    def context(self) -> Context:
        order = self.order
        return {
            **self.facts,
            **delivery(order),
            **parcel(carrier=order.carrier, tracking_number=order.tracking_number),
            "lines": order_lines(order),
        }

    @classmethod
    def example(cls) -> Context:
        return {
            **order_facts(12),
            **example_delivery(),
            **parcel(carrier="UPS", tracking_number="1Z999AA10123456784"),
            "lines": example_lines(),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {
            "shipped_unknown_carrier": parcel(carrier="Ada's bicycle", tracking_number="AB-1"),
            "shipped_untracked": parcel(carrier="", tracking_number=""),
        }


class NotedStepMail(OrderStepMail):
    """A step, and what was written down with it."""

    class Context(OrderFacts):
        note: str

    def context(self) -> Context:
        return {**self.facts, "note": translated_note(self.change.notes)}


class OrderDelivered(NotedStepMail):
    """The order arrived."""

    kind = "order_delivered"
    required = False
    status = Order.Status.DELIVERED

    @classmethod
    def example(cls) -> NotedStepMail.Context:
        return {**order_facts(12), "note": "Handed to the neighbour at number 125"}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"delivered_bare": {"note": ""}}


class OrderCancelled(NotedStepMail):
    """The order was cancelled."""

    kind = "order_cancelled"
    required = True
    status = Order.Status.CANCELLED

    @classmethod
    def example(cls) -> NotedStepMail.Context:
        return {**order_facts(12), "note": translated_note("Not paid within 60 minutes")}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"cancelled_bare": {"note": ""}}


class OrderRefunded(OrderMail):
    """Money of the order was refunded: how much, what for, and how."""

    kind = "order_refunded"
    required = True
    signal, sender = refund_settled, Refund

    class Context(OrderFacts):
        amount: str
        reason: str
        pieces: list[Piece]
        by_hand: bool
        credit_note: str

    def __init__(self, order: Order, *, refund: Refund) -> None:
        super().__init__(order, event=f"refund:{refund.pk}")
        self.refund = refund
        self.credit_note = Invoice.objects.filter(refund=refund).first()
        self.attachments = document_attachments(self.credit_note)

    @classmethod
    def from_signal(cls, *, refund: Refund, **_: Any) -> Self | None:
        order = order_of(refund.payment)
        return cls(order, refund=refund) if order else None

    def context(self) -> Context:
        lines = OrderRefundLine.objects.filter(order_refund__refund=self.refund).select_related("line")
        return {
            **self.facts,
            "amount": localized_money(self.refund.amount, self.refund.payment.currency),
            "reason": translated_note(self.refund.reason),
            "pieces": [{"quantity": part.quantity, "name": part.line.product_name} for part in lines],
            "by_hand": self.refund.payment.gateway == MANUAL,
            "credit_note": number_of(self.credit_note),
        }

    @classmethod
    def example(cls) -> Context:
        return {
            **order_facts(12),
            "amount": usd("649.49"),
            "reason": "The screen is scratched",
            "pieces": [{"quantity": 1, "name": "Refurbished Laptop XPS 13"}],
            "by_hand": False,
            "credit_note": "CN-2027-000007",
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"refunded_bare": {"reason": "", "pieces": [], "by_hand": True, "credit_note": ""}}
