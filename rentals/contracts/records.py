"""Stored rows as the plain values that chain and documents are made from."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rentals.contracts.chain import Entry
from rentals.contracts.documents import OwnershipFacts, SignatureFacts
from rentals.models import Contract, ContractEvent


def entries_of(contract: Contract) -> list[Entry]:
    """The chain as it is stored, in the order of its numbers."""
    return [entry_of(event) for event in sorted(contract.events.all(), key=lambda event: event.number)]


def entry_of(event: ContractEvent) -> Entry:
    """One event of the chain."""
    return Entry(
        contract_id=event.contract_id,
        number=event.number,
        kind=event.kind,
        at=event.at,
        data=event.data,
        previous_hash=event.previous_hash,
        hash=event.hash,
    )


def signature_facts(contract: Contract, before: Sequence[Entry]) -> SignatureFacts:
    """What the signature page says of a signed contract; `before` is the chain before the signature."""
    assert contract.signed_at is not None  # only signed contracts have a signature page
    return SignatureFacts(
        name=contract.signer_name,
        at=contract.signed_at,
        ip=contract.signature_ip or "",
        user_agent=contract.user_agent,
        consent_version=contract.consent_version,
        text_sha256=contract.text_sha256,
        pdf_sha256=contract.pdf_sha256,
        events=before,
    )


def ownership_facts(data: dict[str, Any]) -> OwnershipFacts:
    """What the certificate says, from the data of its event."""
    return OwnershipFacts(
        on=date.fromisoformat(data["on"]), serial=data["serial"], paid=Decimal(data["paid"]), early=data["early"]
    )
