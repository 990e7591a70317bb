"""The examples of the contract (giggatek-api.md), key by key."""

PAYMENT = {
    "id": 1,
    "rental_id": 1,
    "amount": 49.99,
    "payment_date": "2025-04-01",
    "payment_method": "stripe",
    "transaction_id": "ch_2abcdefghijklmnopqrst",
    "status": "completed",
    "created_at": "2025-04-01T10:05:00Z",
}
SUMMARY = {
    "id": 1,
    "user_id": 1,
    "product_id": 201,
    "start_date": "2025-04-01",
    "end_date": "2026-04-01",
    "monthly_rate": 49.99,
    "total_months": 12,
    "total_amount": 599.88,
    "status": "active",
    "payments_made": 1,
    "remaining_payments": 11,
    "next_payment_date": "2025-05-01",
}
CREATED = {**SUMMARY, "address_id": 1}
PRODUCT = {"product_name": "Refurbished Gaming PC", "image_url": "/images/products/gaming-pc.jpg"}
MOMENTS = {"created_at": "2025-04-01T10:00:00Z", "updated_at": "2025-04-01T10:05:00Z"}
LISTED = {**CREATED, **PRODUCT, **MOMENTS, "payments": [PAYMENT], "payment_progress": 8.33}
LIST = {"rentals": [LISTED], "pagination": {"total": 1, "page": 1, "per_page": 10, "total_pages": 1}}
ADDRESS = {
    "id": 1,
    "first_name": "John",
    "last_name": "Doe",
    "street_address": "123 Main St",
    "city": "San Francisco",
    "state": "CA",
    "zip_code": "94107",
    "country": "US",
    "phone": "555-123-4567",
}
DETAIL = {
    **LISTED,
    "contract_id": 1,
    "product_description": "High-performance gaming PC with RTX 3070 graphics",
    "category": "desktop",
    "condition": "excellent",
    "specifications": '{"cpu":"Intel i7 11700K"}',
    "address": ADDRESS,
    "contract": {
        "id": 1,
        "rental_id": 1,
        "contract_text": "RENT-TO-OWN AGREEMENT...",
        "signed_at": "2025-04-01T10:10:00Z",
        "signature_ip": "192.168.1.1",
        "created_at": "2025-04-01T10:00:00Z",
    },
    "status_history": [
        {
            "id": 2,
            "rental_id": 1,
            "status": "active",
            "notes": "Rental contract signed by customer",
            "created_at": "2025-04-01T10:10:00Z",
            "created_by": "User 1",
        },
    ],
    "payment_schedule": [
        {"month": 1, "date": "2025-04-01", "amount": 49.99, "status": "completed", "transaction_id": None},
    ],
    "remaining_amount": 549.89,
}
STATS = {
    "total_rentals": 2,
    "status_counts": {"pending": 0, "active": 1, "completed": 0, "cancelled": 1},
    "total_spent": 99.98,
    "upcoming_payments": [
        {
            "id": 1,
            "product_id": 201,
            "next_payment_date": "2025-05-01",
            "monthly_rate": 49.99,
            "product_name": "Refurbished Gaming PC",
        },
    ],
    "total_products_rented": 2,
}
