"""The rows of a contract: links of its chain and documents, which are only ever added, and what they hold."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.text.canonical import sha256
from rentals.contracts.chain import Entry, next_entry
from rentals.contracts.documents import OwnershipFacts, SignatureFacts
from rentals.models import Contract, ContractDocument, ContractEvent


def entries_of(contract: Contract) -> list[Entry]:
    """The chain as it is stored, in the order of its numbers."""
    return [entry_of(event) for event in sorted(contract.events.all(), key=lambda event: event.number)]


def entry_of(event: ContractEvent) -> Entry:
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
    return OwnershipFacts(
        on=date.fromisoformat(data["on"]), serial=data["serial"], paid=Decimal(data["paid"]), early=data["early"]
    )


def append_event(*, contract: Contract, kind: str, data: dict[str, Any], at: datetime | None = None) -> ContractEvent:
    """Add a link to the chain, under the contract's lock; its length and head are kept with the contract.

    Must run inside a transaction. `data` is plain JSON without floats.
    """
    lock(contract)
    entry = next_entry(
        contract_id=contract.pk,
        length=contract.chain_length,
        head=contract.chain_head,
        kind=str(kind),
        at=at or timezone.now(),
        data=data,
    )
    contract.chain_length, contract.chain_head = entry.number, entry.hash
    contract.save(update_fields=["chain_length", "chain_head"])
    return ContractEvent.objects.create(
        contract=contract,
        number=entry.number,
        kind=kind,
        at=entry.at,
        data=data,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )


def store_document(*, contract: Contract, kind: str, content: bytes, at: datetime) -> ContractDocument:
    return ContractDocument.objects.create(
        contract=contract, kind=kind, content=content, sha256=sha256(content), created_at=at
    )


def lock(contract: Contract) -> Contract:
    """Lock the contract's row until the transaction ends, and read it anew into the same object."""
    contract.refresh_from_db(from_queryset=Contract.objects.select_for_update())
    return contract
