"""What the sandbox tells the shop, as Stripe would: signed, and into the same inbox."""

from payments import inbox
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox.disputes import as_stripe_dispute, kinds_of
from payments.models import SandboxDispute, SandboxIntent


def report_payment(intent: SandboxIntent) -> None:
    """Tell how the intent stands, and of a payer who disputes what was just paid."""
    payload, signature = sandbox.signed_event(intent)
    inbox.receive(gateway=sandbox.SandboxGateway.name, payload=payload, signature=signature)
    for dispute in intent.disputes.all():
        report_dispute(dispute)


def report_dispute(dispute: SandboxDispute) -> None:
    """Tell how the dispute stands, and where its money is."""
    for kind in kinds_of(dispute):
        payload, signature = sandbox.signed(kind, as_stripe_dispute(dispute))
        inbox.receive(gateway=sandbox.SandboxGateway.name, payload=payload, signature=signature)
