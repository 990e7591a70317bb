"""The contract's examples of orders, word for word."""

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
ITEM = {
    "id": 1,
    "product_id": 101,
    "quantity": 1,
    "price": 599.99,
    "subtotal": 599.99,
    "product_name": "Refurbished Laptop XPS 13",
    "image_url": "/images/products/laptop-xps-13.jpg",
}
CREATED_ORDER = {
    "id": 2,
    "user_id": 1,
    "order_date": "2025-04-07T14:25:30Z",
    "total": 599.99,
    "status": "pending",
    "payment_status": "pending",
    "shipping_address_id": 1,
    "billing_address_id": 1,
    "shipping_method": "standard",
}
ORDER = {**CREATED_ORDER, "tracking_number": None, "notes": None, "items": [ITEM]}
ORDER_LIST = {"orders": [ORDER], "pagination": {"total": 5, "page": 1, "per_page": 10, "total_pages": 1}}
CREATED = {"message": "Order created successfully", "order": CREATED_ORDER}
ORDER_PAYMENT = {
    "id": 1,
    "order_id": 1,
    "payment_method": "stripe",
    "amount": 599.99,
    "status": "completed",
    "transaction_id": "ch_1abcdefghijklmnopqrst",
    "created_at": "2025-04-01T12:31:15Z",
}
CHANGE = {
    "id": 2,
    "order_id": 1,
    "status": "processing",
    "notes": "Payment confirmed, processing order",
    "created_at": "2025-04-01T12:31:20Z",
    "created_by": "System",
}
DETAIL = {
    "order": {
        **ORDER,
        "items": [{**ITEM, "sku": "XPS13-R-2025"}],
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "payments": [ORDER_PAYMENT],
        "status_history": [CHANGE],
    }
}
STATS = {
    "total_orders": 5,
    "status_counts": {"pending": 1, "processing": 2, "shipped": 1, "delivered": 1, "cancelled": 0},
    "total_spent": 2199.95,
    "most_recent_order": {
        "id": 5,
        "order_date": "2025-04-05T09:15:30Z",
        "total": 399.99,
        "status": "processing",
    },
}
ERROR = {"error": "Order not found", "status": 404, "message": "Order not found", "code": "not_found"}

# Of the ruling on paying.
INTENT = {
    "payment_intent_id": "pi_1",
    "client_secret": "pi_1_secret_2",
    "amount": 599.99,
    "currency": "USD",
    "publishable_key": "pk_test_1",
    "gateway": "stripe",
}
CONFIRMED = {"message": "Payment confirmed successfully", "payment_intent_id": "pi_1", "status": "succeeded"}
