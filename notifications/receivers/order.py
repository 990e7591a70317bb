"""Mails about an order."""

from typing import Any

from django.dispatch import receiver

from core.signals import payment_settled, refund_settled, status_changed
from core.text import money
from notifications import contexts
from notifications.attachments import papers
from notifications.models import Email
from notifications.outbox import queue
from orders.models import Order, OrderRefundLine, OrderStatusChange
from payments.models import Invoice, InvoiceKind, Payment, Refund
from payments.models.payment import MANUAL

STATUS = "order_status"


@receiver(status_changed, sender=Order)
def tell_customer(*, subject: Order, change: OrderStatusChange, old: str | None, **_: Any) -> None:
    """Owe the customer the mail about this change."""
    kind, context = mail_about(order=subject, change=change, old=old)
    invoice = invoice_of(subject) if change.status == Order.Status.PROCESSING else None
    queue(
        kind=kind,
        event=f"order-status:{change.pk}",
        recipient=subject.user.email,
        user=subject.user,
        context={**contexts.order(subject), **context, **({"invoice": number(invoice)} if kind == STATUS else {})},
        attachments=papers([invoice]),
    )


def mail_about(*, order: Order, change: OrderStatusChange, old: str | None) -> tuple[str, dict[str, Any]]:
    """The kind of mail that fits the change, and what it has to tell."""
    if old is None:
        return "order_confirmation", confirmation(order)
    if change.status == Order.Status.SHIPPED:
        return "order_shipped", shipment(order)
    label = Order.Status(change.status).label
    return STATUS, {"status": change.status, "label": label, "note": change.notes}


def confirmation(order: Order) -> dict[str, Any]:
    """What was bought, for how much, and where it goes."""
    return {
        "lines": contexts.lines(order),
        "amounts": contexts.amounts(order),
        "total": money(order.total, order.currency),
        **contexts.delivery(order),
    }


def shipment(order: Order) -> dict[str, Any]:
    """What is on its way, where it goes, and how to follow it."""
    return {
        "lines": contexts.lines(order),
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
        **contexts.delivery(order),
    }


def invoice_of(order: Order) -> Invoice | None:
    """The order's invoice, once it is paid."""
    found: Invoice | None = Invoice.objects.about(order.holder).of_kind(InvoiceKind.INVOICE).first()
    return found


@receiver(payment_settled, sender=Payment)
def tell_paid(*, payment: Payment, **_: Any) -> None:
    """Owe the customer their invoice when no step of the order has brought it: staff had gone on before the money."""
    order = Order.objects.filter(order_payments__payment=payment).select_related("user").first()
    invoice = Invoice.objects.filter(invoice_of=payment).first()
    if order is None or invoice is None or is_told(order, invoice):
        return
    queue(
        kind="order_paid",
        event=f"payment:{payment.pk}",
        recipient=order.user.email,
        user=order.user,
        context={
            **contexts.order(order),
            "amount": money(payment.amount, payment.currency),
            "invoice": invoice.number,
        },
        attachments=papers([invoice]),
    )


def is_told(order: Order, invoice: Invoice) -> bool:
    """Whether the mail about the order's latest step carries the invoice."""
    latest = order.status_history.order_by("pk").last()
    mails = Email.objects.filter(kind=STATUS, event=f"order-status:{latest.pk}") if latest else []
    return any(named["id"] == invoice.pk for mail in mails for named in mail.attachments)


@receiver(refund_settled, sender=Refund)
def tell_refunded(*, refund: Refund, **_: Any) -> None:
    """Owe the customer the news that money of their order went back."""
    order = Order.objects.filter(order_payments__payment=refund.payment).select_related("user").first()
    if order is None:
        return
    note = Invoice.objects.filter(refund=refund).first()
    queue(
        kind="order_refunded",
        event=f"refund:{refund.pk}",
        recipient=order.user.email,
        user=order.user,
        context={**contexts.order(order), **returned(refund), "credit_note": number(note)},
        attachments=papers([note]),
    )


def returned(refund: Refund) -> dict[str, Any]:
    """How much went back, what for, and how."""
    lines = OrderRefundLine.objects.filter(order_refund__refund=refund).select_related("line")
    return {
        "amount": money(refund.amount, refund.payment.currency),
        "reason": refund.reason,
        "pieces": [{"quantity": part.quantity, "name": part.line.product_name} for part in lines],
        "by_hand": refund.payment.gateway == MANUAL,
    }


def number(paper: Invoice | None) -> str:
    """What the mail calls an invoice or credit note; "" for none."""
    return paper.number if paper else ""
