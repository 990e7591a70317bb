"""Products, orders, refunds and hooks as the REST API and the webhooks show them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from storesync.mock.server import Row

LOCAL = timedelta(hours=1)  # the site is in Lagos
SYMBOLS = {"NGN": "₦", "EUR": "€", "USD": "$"}
PERSON = {
    "first_name": "Ada", "last_name": "Example", "company": "", "address_1": "1 Example Street", "address_2": "",
    "city": "Lagos", "state": "LA", "postcode": "100001", "country": "NG", "phone": "+2340000000000",
}  # fmt: skip


@dataclass
class Product:
    """A product, or a variation of one."""

    id: int
    name: str
    sku: str
    price: str
    kind: str  # simple, variable, variation, bundle
    stock: int | None  # None: it is not counted
    modified: datetime
    parent: "Product | None" = None
    variations: list["Product"] = field(default_factory=list)
    parts: tuple[tuple[str, int], ...] = ()


def php_json(value: Any) -> bytes:
    """What PHP's json_encode makes of it: ASCII, and escaped slashes."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def dates(name: str, at: datetime | None) -> Row:
    """A time on the site's clock, and in UTC."""
    local, gmt = (at and each.strftime("%Y-%m-%dT%H:%M:%S") for each in ((at or MADE) + LOCAL, at or MADE))
    return {name: local, f"{name}_gmt": gmt}


MADE = datetime(2026, 1, 1, tzinfo=UTC)


def links(base: str, *paths: str) -> Row:
    """`_links`: itself, its list, what is above."""
    names = ("self", "collection", "up")
    return {name: [{"href": f"{base}/wp-json/wc/v3/{path}"}] for name, path in zip(names, paths, strict=False)}


def product(row: Product, base: str) -> Row:
    """GET products, and GET products/{id}/variations."""
    counted, sellable = row.stock is not None, row.kind != "variable"
    path = f"products/{row.parent.id}/variations" if row.parent else "products"
    shown: Row = {
        "id": row.id, **dates("date_created", MADE), **dates("date_modified", row.modified), "description": "",
        "permalink": f"{base}/product/{row.id}/", "sku": row.sku, "price": row.price,
        "regular_price": row.price if sellable else "", "sale_price": "",
        **dict.fromkeys(
            ("date_on_sale_from", "date_on_sale_from_gmt", "date_on_sale_to", "date_on_sale_to_gmt")
        ),
        "on_sale": False, "status": "publish", "purchasable": bool(row.price), "virtual": False,
        "downloadable": False, "downloads": [], "download_limit": -1, "download_expiry": -1,
        "tax_status": "taxable", "tax_class": "", "manage_stock": counted, "stock_quantity": row.stock,
        "stock_status": "outofstock" if counted and (row.stock or 0) <= 0 else "instock", "backorders": "no",
        "backorders_allowed": False, "backordered": False, "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""}, "shipping_class": "", "shipping_class_id": 0,
        "menu_order": 0, "meta_data": [],
    }  # fmt: skip
    if row.parent:
        shown |= {"image": None, "attributes": [{"id": 0, "name": "Variant", "option": row.name}], "name": row.name}
        return {**shown, "_links": links(base, f"{path}/{row.id}", path, f"products/{row.parent.id}")}
    options = [{
        "id": 0, "name": "Variant", "position": 0, "visible": True, "variation": True,
        "options": [each.name for each in row.variations],
    }]  # fmt: skip
    return {
        **shown, "name": row.name, "slug": f"product-{row.id}", "type": row.kind, "featured": False,
        "catalog_visibility": "visible", "short_description": "", "price_html": "", "total_sales": 0,
        "external_url": "", "button_text": "", "sold_individually": False, "shipping_required": True,
        "shipping_taxable": True, "reviews_allowed": True, "average_rating": "0.00", "rating_count": 0,
        "related_ids": [], "upsell_ids": [], "cross_sell_ids": [], "parent_id": 0, "purchase_note": "",
        "categories": [], "tags": [], "images": [], "attributes": options if row.variations else [],
        "default_attributes": [], "variations": [each.id for each in row.variations], "grouped_products": [],
        "_links": links(base, f"{path}/{row.id}", path),
    }  # fmt: skip


def line_item(number: int, of: Product, *, quantity: int, price: Decimal, off: Decimal) -> Row:
    """`subtotal` is before coupons, `total` after."""
    full, left = price * quantity, price * quantity - off
    name = f"{of.parent.name} - {of.name}" if of.parent else of.name
    return {
        "id": number, "name": name, "product_id": of.parent.id if of.parent else of.id,
        "variation_id": of.id if of.parent else 0, "quantity": quantity, "tax_class": "", "subtotal": two(full),
        "subtotal_tax": "0.00", "total": two(left), "total_tax": "0.00", "taxes": [], "meta_data": [],
        "sku": of.sku, "price": float(left / quantity),
    }  # fmt: skip


def order(number: int, lines: list[Row], *, shipping: Decimal, discount: Decimal, currency: str, at: datetime) -> Row:
    """An order before anybody paid; `_` are what the shop remembers and does not show."""
    total = sum((Decimal(line["total"]) for line in lines), Decimal(0)) + shipping
    shipping_line = {
        "id": number * 100 + 98, "method_title": "Flat rate", "method_id": "flat_rate", "instance_id": "1",
        "total": two(shipping), "total_tax": "0.00", "taxes": [], "meta_data": [],
    }  # fmt: skip
    coupon = {
        "id": number * 100 + 99, "code": "mock", "discount": two(discount), "discount_tax": "0", "meta_data": []
    }  # fmt: skip
    return {
        "id": number, "parent_id": 0, "number": str(number), "order_key": f"wc_order_{number:013}",
        "created_via": "checkout", "version": "9.8.0", "status": "pending", "currency": currency,
        "currency_symbol": SYMBOLS.get(currency, currency), **dates("date_created", at),
        **dates("date_modified", at), "discount_total": two(discount), "discount_tax": "0.00",
        "shipping_total": two(shipping), "shipping_tax": "0.00", "cart_tax": "0.00", "total": two(total),
        "total_tax": "0.00", "prices_include_tax": False, "customer_id": 0, "customer_ip_address": "192.0.2.14",
        "customer_user_agent": "Mozilla/5.0", "customer_note": "", "billing": {**PERSON, "email": "ada@example.com"},
        "shipping": PERSON, "payment_method": "mock", "payment_method_title": "Card", "payment_url": "",
        "transaction_id": "", **dates("date_paid", None), **dates("date_completed", None), "cart_hash": "",
        "meta_data": [], "line_items": lines, "tax_lines": [], "shipping_lines": [shipping_line] if shipping else [],
        "fee_lines": [], "coupon_lines": [coupon] if discount else [], "refunds": [], "is_editable": False,
        "needs_payment": True, "needs_processing": True,
    }  # fmt: skip


def refund(number: int, lines: list[Row], *, amount: Decimal, reason: str, at: datetime) -> Row:
    """GET orders/{id}/refunds; its order has only id, reason and total of it."""
    return {
        "id": number, **dates("date_created", at), "amount": two(amount), "reason": reason, "refunded_by": 1,
        "refunded_payment": True, "meta_data": [], "line_items": lines,
    }  # fmt: skip


def refund_line(number: int, of: Row, quantity: int) -> Row:
    """Pieces of a line: a line of its own, which names the other in its meta data."""
    value = -(Decimal(of["total"]) * quantity / of["quantity"])
    meta = [{"id": number * 10, "key": "_refunded_item_id", "value": str(of["id"])}]
    sums = {"subtotal": two(value), "subtotal_tax": "0.00", "total": two(value), "total_tax": "0.00"}
    return {**of, "id": number, "quantity": -quantity, **sums, "meta_data": meta}


def hook(row: Row, base: str) -> Row:
    """A hook never shows its secret."""
    resource, event = row["topic"].split(".")
    shown = {name: row[name] for name in ("id", "name", "status", "topic")}
    path = f"webhooks/{row['id']}"
    return {
        **shown, "resource": resource, "event": event, "hooks": [f"woocommerce_{event}_{resource}"],
        "delivery_url": row["delivery_url"], **dates("date_created", row["at"]), **dates("date_modified", row["at"]),
        "_links": links(base, path, "webhooks"),
    }  # fmt: skip


def two(amount: Any) -> str:
    return f"{Decimal(amount):.2f}"
