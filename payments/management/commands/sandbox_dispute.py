"""`manage.py sandbox_dispute INTENT [--amount 10.00] [--reason fraudulent] [--close won|lost]`: try a dispute."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox.disputes import close_dispute, open_dispute
from payments.gateways.sandbox.reporting import report_dispute
from payments.models import SandboxDispute, SandboxIntent


class Command(BaseCommand):
    """For demos: plays the bank of a customer who paid in the sandbox. The worker then gets its webhook event."""

    help = "Disputes a payment of the sandbox, or ends its dispute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("intent", help="the payment intent, pi_sandbox_...")
        parser.add_argument("--amount", help="a part of the payment; else all that is left of it")
        parser.add_argument(
            "--reason", default="fraudulent", help="in Stripe's words, for instance product_not_received"
        )
        parser.add_argument("--close", choices=["won", "lost"], help="decide the dispute instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if not sandbox.SandboxGateway().is_configured:
            raise CommandError("Stripe takes the payments here: there is no sandbox.")
        try:
            dispute = played(sandbox.find(options["intent"]), options)
        except DomainError as error:
            raise CommandError(error.message) from error
        report_dispute(dispute)
        self.stdout.write(f"{dispute.dispute_id}: {dispute.amount} {dispute.intent.currency}, {dispute.status}")


def played(intent: SandboxIntent, options: dict[str, Any]) -> SandboxDispute:
    """What the bank does. Raises CommandError, NotDisputable, DisputeOver."""
    if not options["close"]:
        return open_dispute(intent, reason=options["reason"], amount=amount_of(options["amount"]))
    dispute = intent.disputes.order_by("-pk").first()
    if dispute is None:
        raise CommandError("This payment is not disputed.")
    return close_dispute(dispute, won=options["close"] == "won")


def amount_of(text: str | None) -> Decimal | None:
    """The amount as it was typed; None for all. Raises CommandError."""
    try:
        amount = None if text is None else Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount is not None and amount.is_nan():
        raise CommandError("--amount: type an amount such as 10.00.")
    return amount
