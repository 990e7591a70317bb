"""Asking the gateway for what its webhooks missed, and mending it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.db import transactional
from core.errors import DomainError
from payments import services
from payments.disputes import records as disputes
from payments.gateways import books_named, gateway_named, in_use
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.records import DisputeRecord, Intent, RefundRecord
from payments.models import Dispute, Payment, Refund
from payments.refunds import records as refund_records
from payments.strays import is_stray, set_aside


@dataclass(frozen=True)
class Finding:
    """A difference between the gateway and us: `repaired` (or to be, in a dry run), or left to people."""

    subject: str
    what: str
    repaired: bool = True

    def __str__(self) -> str:
        return f"{'' if self.repaired else 'PROBLEM '}{self.subject}: {self.what}"


def reconcile(*, since: datetime, dry_run: bool = False) -> Iterator[Finding]:
    """Mend what the gateways in use know better about intents, refunds and disputes made at `since` or later.

    Payments and refunds of ours that are still open are asked for one by one, however old. Each repair is found by
    one process only, whoever runs at the same time. Raises GatewayUnavailable, GatewayRefused of the first gateway
    that did not answer, once all others were walked through; what was mended by then stays so.
    """
    failures = []
    for gateway in in_use():
        try:
            for findings in (payment_findings, refund_findings, dispute_findings):
                yield from findings(gateway, since=since, dry_run=dry_run)
        except (GatewayUnavailable, GatewayRefused) as error:
            failures.append(error)
    if failures:
        raise failures[0]


def payment_findings(gateway: str, *, since: datetime, dry_run: bool) -> Iterator[Finding]:
    """What is to be said of payments: those that the gateway lists, then ours that it did not."""
    seen = set()
    for intent in books_named(gateway).intents_since(since):
        payment = Payment.objects.known_as(gateway=gateway, intent_id=intent.id)
        if payment is not None:
            seen.add(payment.pk)
            yield from listed_intent_findings(payment, intent, dry_run=dry_run)
        elif intent.status == Payment.Status.SUCCEEDED:
            money = f"{intent.amount} {intent.currency}"
            yield Finding(f"intent {intent.id}", f"{money} was paid, and no payment here knows of it", repaired=False)
    ours = Payment.objects.open().filter(gateway=gateway).exclude(intent_id=None).order_by("pk")
    for payment in [payment for payment in ours if payment.pk not in seen]:
        yield from fresh_intent_findings(payment, dry_run=dry_run)


def listed_intent_findings(payment: Payment, intent: Intent, *, dry_run: bool) -> Iterator[Finding]:
    """What a listed intent says that the payment does not know; one not at its end may have moved on since."""
    if is_stray(payment, intent):
        yield from stray_findings(payment, intent, dry_run=dry_run)
        return
    if not services.changes(payment, intent):
        return
    if intent.status in services.ENDS:
        yield from repair_findings(payment, intent, dry_run=dry_run)
    else:
        yield from fresh_intent_findings(payment, dry_run=dry_run)


def stray_findings(payment: Payment, intent: Intent, *, dry_run: bool) -> Iterator[Finding]:
    """Money that was not asked for, unless it is set aside already."""
    if Payment.objects.filter(gateway=payment.gateway, intent_id=intent.charge_id, came_for__isnull=False).exists():
        return
    money = f"{intent.received or intent.amount} {intent.currency}"
    if dry_run or set_aside(payment, intent):
        yield Finding(payment_name(payment), f"{money} came that was not asked for")
    else:
        yield Finding(payment_name(payment), f"{money} was paid, which is no amount to take", repaired=False)


def fresh_intent_findings(payment: Payment, *, dry_run: bool) -> Iterator[Finding]:
    """What the gateway says of this payment now."""
    payment.refresh_from_db()
    try:
        intent = gateway_named(payment.gateway).retrieve_intent(str(payment.intent_id))
    except GatewayUnavailable:
        raise
    except DomainError as error:
        yield Finding(payment_name(payment), error.message, repaired=False)
        return
    if intent is not None and is_stray(payment, intent):
        yield from stray_findings(payment, intent, dry_run=dry_run)
    elif intent is not None:
        yield from repair_findings(payment, intent, dry_run=dry_run)


def repair_findings(payment: Payment, intent: Intent, *, dry_run: bool) -> Iterator[Finding]:
    """The difference, once it is mended."""
    try:
        if dry_run:
            services.check_amount(payment, intent)
            before = payment.status if services.changes(payment, intent) else None
        else:
            before = repair(payment_id=payment.pk, intent=intent, version=payment.version)
    except services.StaleGatewayAnswer:
        return  # another process is at it
    except DomainError as error:
        yield Finding(payment_name(payment), error.message, repaired=False)
        return
    if before is not None:
        yield Finding(payment_name(payment), f"{before} -> {intent.status}")


@transactional
def repair(*, payment_id: int, intent: Intent, version: int) -> str | None:
    """Write the gateway's word; the status before that, or None when others had written it already."""
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    news = services.changes(payment, intent)
    services.apply_intent(payment_id=payment_id, intent=intent, version=version)
    return payment.status if news else None


def payment_name(payment: Payment) -> str:
    """The payment, for whoever has to look for it here or there."""
    return f"payment {payment.pk} ({payment.intent_id})"


def refund_findings(gateway: str, *, since: datetime, dry_run: bool) -> Iterator[Finding]:
    """What is to be said of refunds: those that the gateway lists, then ours that still wait for its answer."""
    books = books_named(gateway)
    for record in books.refunds_since(since):
        yield from refund_record_findings(record, gateway=gateway, dry_run=dry_run)
    waiting = Refund.objects.filter(status=Refund.Status.PENDING, payment__gateway=gateway, created_at__lt=since)
    intents = waiting.exclude(payment__intent_id=None).values_list("payment__intent_id", flat=True)
    for intent_id in sorted(set(map(str, intents))):
        for record in books.refunds_of(intent_id):
            yield from refund_record_findings(record, gateway=gateway, dry_run=dry_run)


def refund_record_findings(record: RefundRecord, *, gateway: str, dry_run: bool) -> Iterator[Finding]:
    """What the gateway's refund says that ours does not know."""
    subject = f"refund {record.id} of {record.intent_id}"
    try:
        what = refund_records.apply_refund(gateway=gateway, record=record, dry_run=dry_run)
    except GatewayUnavailable:
        raise
    except DomainError as error:
        yield Finding(subject, error.message, repaired=False)
        return
    if what:
        yield Finding(subject, what)


def dispute_findings(gateway: str, *, since: datetime, dry_run: bool) -> Iterator[Finding]:
    """What is to be said of disputes: those that were opened lately, and whatever is older and still open here."""
    oldest = Dispute.objects.open().filter(gateway=gateway).order_by("opened_at").first()
    begin = min(since, oldest.opened_at) if oldest else since
    for record in books_named(gateway).disputes_since(begin):
        yield from dispute_record_findings(record, gateway=gateway, dry_run=dry_run)


def dispute_record_findings(record: DisputeRecord, *, gateway: str, dry_run: bool) -> Iterator[Finding]:
    """What the gateway's dispute says that ours does not know."""
    subject = f"dispute {record.id} of {record.intent_id or record.charge_id}"
    try:
        what = disputes.apply_dispute(gateway=gateway, record=record, dry_run=dry_run)
    except GatewayUnavailable:
        raise
    except DomainError as error:
        yield Finding(subject, error.message, repaired=False)
        return
    if what:
        yield Finding(subject, what)
