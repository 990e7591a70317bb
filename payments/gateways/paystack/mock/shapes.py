"""Paystack's objects as its API writes them, and the fee of its Nigerian price list."""

from typing import Any

Row = dict[str, Any]

DOMAIN, INTEGRATION = "test", 100032
CUSTOMER = {"id": 181000746, "first_name": None, "last_name": None, "email": "customer@example.com"}
# https://paystack.com/pricing: 1.5 %, and 100 naira from 2,500 on, at most 2,000 naira.
PER_MILLE, FIXED, FIXED_FROM, MOST = 15, 100_00, 2500_00, 2000_00


def fee_of(amount: int) -> int:
    """What Paystack keeps of a charge, in kobo; half a kobo counts up."""
    if amount <= 0:
        return 0
    fee = (amount * PER_MILLE + 500) // 1000 + (FIXED if amount >= FIXED_FROM else 0)
    return min(fee, MOST, amount)


def transaction(*, number: int, reference: str, status: str, at: str, **money: Any) -> Row:
    """A transaction; `money` are amount, requested_amount, fees and currency."""
    paid = status == "success"
    return {
        "id": number,
        "domain": DOMAIN,
        "status": status,
        "reference": reference,
        "receipt_number": None,
        **money,
        "message": None,
        "gateway_response": "Successful" if paid else "Declined" if status == "failed" else status.capitalize(),
        "paid_at": at if paid else None,
        "created_at": at,
        "channel": "card",
        "ip_address": "192.0.2.17",
        "metadata": "",
        "log": None,
        "fees_split": None,
        "authorization": {"authorization_code": "AUTH_mock", "last4": "4081", "brand": "visa"} if paid else {},
        "customer": CUSTOMER,
        "plan": None,
        "split": {},
        "paidAt": at if paid else None,
        "createdAt": at,
        "pos_transaction_data": None,
        "source": None,
        "transaction_date": at,
        "plan_object": {},
        "subaccount": {},
    }


def refund(*, number: int, of: Row, amount: int, status: str, at: str, **notes: str) -> Row:
    """A refund of the transaction."""
    return {
        "id": number,
        "integration": INTEGRATION,
        "domain": DOMAIN,
        "transaction": of["id"],
        "transaction_reference": of["reference"],
        "dispute": None,
        "settlement": None,
        "amount": amount,
        "deducted_amount": 0,
        "fully_deducted": False,
        "currency": of["currency"],
        "channel": None,
        "status": status,
        "refunded_by": "shop@example.com",
        "refunded_at": at if status == "processed" else None,
        "expected_at": at,
        "merchant_note": notes.get("merchant_note") or f"Refund for transaction {of['reference']}",
        "customer_note": notes.get("customer_note") or f"Refund for transaction {of['reference']}",
        "createdAt": at,
        "updatedAt": at,
    }


def refund_event(row: Row) -> Row:
    """What an event tells of a refund: not its id, and the amount as a text once it is done."""
    done = row["status"] == "processed"
    return {
        "status": row["status"],
        "transaction_reference": row["transaction_reference"],
        "refund_reference": f"TRF_{row['id']}",
        "amount": str(row["amount"]) if done else row["amount"],
        "currency": row["currency"],
        "processor": "instant-transfer",
        "customer": {name: CUSTOMER[name] for name in ("first_name", "last_name", "email")},
        "integration": INTEGRATION,
        "domain": DOMAIN,
    }


def dispute(*, number: int, of: Row, amount: int, category: str, at: str) -> Row:
    """A dispute over the transaction."""
    return {
        "id": number,
        "refund_amount": amount,
        "currency": of["currency"],
        "status": "awaiting-merchant-feedback",
        "resolution": None,
        "domain": DOMAIN,
        "transaction": of,
        "transaction_reference": None,
        "category": category,
        "customer": CUSTOMER,
        "bin": None,
        "last4": None,
        "dueAt": at,
        "resolvedAt": None,
        "evidence": None,
        "attachments": None,
        "note": None,
        "history": [{"status": "pending", "by": CUSTOMER["email"], "createdAt": at}],
        "messages": [],
        "createdAt": at,
        "updatedAt": at,
    }


def settlement(*, number: int, amount: int, currency: str, at: str) -> Row:
    """What went to the bank."""
    return {
        "id": number,
        "domain": DOMAIN,
        "status": "success",
        "currency": currency,
        "integration": INTEGRATION,
        "total_amount": amount,
        "effective_amount": amount,
        "total_fees": 0,
        "total_processed": amount,
        "deductions": None,
        "settlement_date": at,
        "settled_by": None,
        "createdAt": at,
        "updatedAt": at,
    }
