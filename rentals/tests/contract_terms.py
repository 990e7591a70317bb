"""Terms of a contract for tests: 12 months at 49.99 in California."""

from rentals.contracts.terms import ContractTerms

PRICES = ["550.00", "500.01", "450.02", "400.04", "349.99", "299.99", "250.00", "200.00", "150.00", "100.00", "49.99"]


def example_terms(**changes) -> ContractTerms:
    """A fresh value each time; `changes` replace its keys."""
    months = [f"{2025 + (3 + n) // 12}-{(3 + n) % 12 + 1:02}-01" for n in range(12)]
    terms = {
        "template": {"version": "1", "language": "en", "jurisdiction": "us"},
        "number": "RTO-000007",
        "rental_id": 7,
        "made_on": "2025-04-01",
        "shop": {"name": "GigGatek", "address": "1 Harbor Drive, Oakland, CA 94607, US"},
        "customer": {
            "name": "John Doe",
            "email": "john@example.com",
            "address": "123 Main St, San Francisco, CA 94107, US",
        },
        "product": {
            "name": "Refurbished Gaming PC",
            "sku": "GPC-R-2025",
            "condition": "Excellent",
            "serial": "SN-4711-A",
        },
        "delivery": {"name": "John Doe", "address": "123 Main St, San Francisco, CA 94107, US"},
        "currency": "USD",
        "monthly_rate": "49.99",
        "total_months": 12,
        "total_amount": "599.88",
        "cash_price": "499.99",
        "cost_of_renting": "99.89",
        "start_date": "2025-04-01",
        "end_date": "2026-04-01",
        "ownership_date": "2026-03-01",
        "due_day": 1,
        "payments": [
            {"number": number, "due_date": day, "amount": "49.99", "price_after": price}
            for number, (day, price) in enumerate(zip(months, [*PRICES, "0.00"], strict=True), start=1)
        ],
        "early_purchase": [
            {
                "formula": "cash_price_less_payments",
                "until": "2025-07-01",
                "minimum_payments": 0,
                "credited_percent": "100",
                "add_past_due": True,
            },
            {
                "formula": "prorated_cash_price",
                "until": "",
                "minimum_payments": 0,
                "credited_percent": "100",
                "add_past_due": False,
            },
        ],
        "late_fee": {
            "kind": "lesser_of",
            "grace_days": 7,
            "percent": "5",
            "amount": "5.00",
            "minimum": "2.00",
            "fee": "2.50",
        },
        "pack": {
            "code": "us-ca",
            "name": "California",
            "version": 1,
            "sources": ["Cal. Civ. Code § 1812.632 (early purchase)", "Cal. Civ. Code § 1812.626 (late payment fee)"],
        },
        "place": "CA, US",
        "consent_version": "1",
    }
    return {**terms, **changes}
