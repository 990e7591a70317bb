"""Rows of a contract: links of its chain, and documents. They are only ever added."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from core.canonical import sha256
from rentals.contracts.chain import next_entry
from rentals.models import Contract, ContractDocument, ContractEvent


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
    """Keep a document's bytes."""
    return ContractDocument.objects.create(
        contract=contract, kind=kind, content=content, sha256=sha256(content), created_at=at
    )


def lock(contract: Contract) -> Contract:
    """Lock the contract's row until the transaction ends, and read it anew into the same object."""
    contract.refresh_from_db(from_queryset=Contract.objects.select_for_update())
    return contract
