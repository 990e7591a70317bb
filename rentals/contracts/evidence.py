"""What a rental can show a bank: the contract and its signature, what was sent, what was due and what was paid."""

from typing import Any

from payments.disputes.evidence import customer_facts, history_facts, readable
from rentals.contracts.records import entries_of
from rentals.models import Autopay, Contract, Installment, Rental


def rental_facts(rental: Rental) -> dict[str, Any]:
    """What was agreed, and what happened since."""
    return {
        "number": rental.pk,
        "made_at": rental.created_at,
        "status": rental.status,
        "customer": customer_facts(rental.user),
        "product": rental.product_name,
        "sku": rental.sku,
        "monthly_rate": rental.monthly_rate,
        "months": rental.total_months,
        "total": rental.total_amount,
        "currency": rental.currency,
        "first_day": rental.start_date,
        "last_day": rental.end_date,
        "schedule": [installment_facts(one) for one in rental.installments.order_by("number")],
        "history": history_facts(rental.status_history.select_related("actor")),
    }


def installment_facts(installment: Installment) -> dict[str, Any]:
    """A month's payment."""
    return {
        "number": installment.number,
        "due": installment.due_date,
        "amount": installment.amount,
        "state": installment.state,
        "paid_at": installment.paid_at,
    }


def delivery_facts(rental: Rental) -> dict[str, Any]:
    """What was sent: which device, with whom, where to and when; and when it came back."""
    return {
        "carrier": rental.carrier,
        "tracking_number": rental.tracking_number,
        "address": rental.address,
        "shipped_at": rental.shipped_at,
        "serial": rental.device.serial if rental.device else None,
        "returned_at": rental.checked_in_at,
    }


def consents_facts(rental: Rental) -> list[dict[str, Any]]:
    """Each consent to be charged."""
    return [consent_facts(consent) for consent in rental.autopays.select_related("card").order_by("pk")]


def consent_facts(autopay: Autopay) -> dict[str, Any]:
    """What the customer said yes to, when and from where."""
    return {
        "card": str(autopay.card),
        "text": autopay.consent_text,
        "version": autopay.consent_version,
        "at": autopay.consented_at,
        "ip": autopay.consent_ip,
        "ended_at": autopay.ended_at,
    }


def contract_files(contract: Contract) -> dict[str, bytes]:
    """The contract's text and documents as they were handed out, and everything that happened to it."""
    signature = {
        "signer": contract.signer_name,
        "signed_at": contract.signed_at,
        "ip": contract.signature_ip,
        "user_agent": contract.user_agent,
        "consent_version": contract.consent_version,
        "text_sha256": contract.text_sha256,
        "pdf_sha256": contract.pdf_sha256,
        "events": [
            {
                "number": entry.number,
                "kind": entry.kind,
                "at": entry.at,
                "data": entry.data,
                "previous_hash": entry.previous_hash,
                "hash": entry.hash,
            }
            for entry in entries_of(contract)
        ],
    }
    documents = {f"contract/{one.kind}.pdf": bytes(one.content) for one in contract.documents.all()}
    return {
        **documents,
        "contract/contract.txt": contract.text.encode(),
        "contract/signature.json": readable(signature),
    }
