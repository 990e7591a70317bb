"""Orders and products as webhooks carry them (the form of the REST API); GraphQL shows the same rows."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from storesync.mock.server import Row

LOCATIONS = {61001: "Shop", 61002: "Warehouse"}
MAIN = 61001
ADDRESS = {
    "first_name": "Ada", "last_name": "Example", "name": "Ada Example", "company": None, "phone": "+2340000000000",
    "address1": "1 Example Street", "address2": "", "city": "Lagos", "zip": "100001", "province": "Lagos",
    "province_code": "LA", "country": "Nigeria", "country_code": "NG", "latitude": 6.5, "longitude": 3.4,
}  # fmt: skip


@dataclass
class Level:
    """The stock of an item at a location."""

    available: int
    committed: int = 0


@dataclass
class Product:
    id: int
    title: str
    created_at: str
    updated_at: str
    status: str = "ACTIVE"
    variants: list["Variant"] = field(default_factory=list)


@dataclass
class Variant:
    id: int
    item_id: int
    product: Product
    sku: str
    title: str
    price: Decimal
    tracked: bool
    parts: tuple[tuple[str, int], ...]  # of a bundle: SKUs and how many of each
    levels: dict[int, Level]

    @property
    def total(self) -> int:
        return sum(level.available for level in self.levels.values())


def nulls(names: str) -> Row:
    return dict.fromkeys(names.split())


def gid(kind: str, number: Any) -> str:
    return f"gid://shopify/{kind}/{number}"


def two(amount: Any) -> str:
    return f"{Decimal(amount):.2f}"


def bag(amount: Any, currency: str) -> Row:
    """An amount in the shop's currency and the buyer's, which is the same here."""
    money = {"amount": two(amount), "currency_code": currency}
    return {"shop_money": money, "presentment_money": dict(money)}


def money_in(money: Row) -> Decimal:
    """The amount of a bag in the shop's currency."""
    return Decimal(money["shop_money"]["amount"])


def priced(name: str, amount: Any, currency: str) -> Row:
    """The amount as a text, and as a set."""
    return {name: two(amount), f"{name}_set": bag(amount, currency)}


def product(row: Product) -> Row:
    """products/update."""
    stamps = {"created_at": row.created_at, "updated_at": row.updated_at}
    return {
        "admin_graphql_api_id": gid("Product", row.id), "body_html": None, **stamps,
        "handle": handle(row), "id": row.id, "product_type": "", "published_at": row.created_at,
        "template_suffix": None, "title": row.title, "vendor": "mock-shop", "status": row.status.lower(),
        "published_scope": "web", "tags": "",
        "variants": [
            {
                "admin_graphql_api_id": gid("ProductVariant", each.id), "barcode": None, "compare_at_price": None,
                **stamps, "fulfillment_service": "manual", "id": each.id,
                "inventory_management": "shopify" if each.tracked else None, "inventory_policy": "deny",
                "position": position, "price": two(each.price), "product_id": row.id, "sku": each.sku,
                "taxable": True, "title": each.title, "option1": each.title, "option2": None, "option3": None,
                "grams": 0, "image_id": None, "weight": 0.0, "weight_unit": "kg", "inventory_item_id": each.item_id,
                "inventory_quantity": each.total, "old_inventory_quantity": each.total, "requires_shipping": True,
            }
            for position, each in enumerate(row.variants, 1)
        ],
        "options": [
            {
                "name": "Title", "id": row.id + 1, "product_id": row.id, "position": 1,
                "values": [each.title for each in row.variants],
            }
        ],
        "images": [], "image": None, "variant_ids": [{"id": each.id} for each in row.variants],
    }  # fmt: skip


def handle(row: Product) -> str:
    return f"product-{row.id}"


def line_item(number: int, of: Variant, *, quantity: int, price: Decimal, discount: Decimal, currency: str) -> Row:
    allocated = {"amount": two(discount), "amount_set": bag(discount, currency), "discount_application_index": 0}
    name = of.product.title if of.title == "Default Title" else f"{of.product.title} - {of.title}"
    return {
        "id": number, "admin_graphql_api_id": gid("LineItem", number), "attributed_staffs": [],
        "current_quantity": quantity, "fulfillable_quantity": quantity, "fulfillment_service": "manual",
        "fulfillment_status": None, "gift_card": False, "grams": 0, "name": name,
        **priced("price", price, currency), "product_exists": True, "product_id": of.product.id, "properties": [],
        "quantity": quantity, "requires_shipping": True, "sku": of.sku, "taxable": True, "title": of.product.title,
        **priced("total_discount", 0, currency), "variant_id": of.id,
        "variant_inventory_management": "shopify" if of.tracked else None, "variant_title": of.title,
        "vendor": None, "tax_lines": [], "duties": [], "discount_allocations": [allocated] if discount else [],
    }  # fmt: skip


def worth(line: Row, quantity: int | None = None) -> Decimal:
    """What was to be paid for a line, or for some pieces of it."""
    off = sum((Decimal(each["amount"]) for each in line["discount_allocations"]), Decimal(0))
    whole = Decimal(line["price"]) * line["quantity"] - off
    pieces = line["quantity"] if quantity is None else quantity
    return (whole * pieces / line["quantity"]).quantize(Decimal("0.01"))


def order(number: int, name: int, lines: list[Row], *, shipping: Decimal, currency: str, at: str) -> Row:
    """orders/create, unpaid; totals() fills in the sums."""
    shipping_line = {
        "id": number + 1, "carrier_identifier": None, "code": "Standard",
        **priced("discounted_price", shipping, currency), "is_removed": False, "phone": None,
        **priced("price", shipping, currency), "requested_fulfillment_service_id": None, "source": "shopify",
        "title": "Standard", "tax_lines": [], "discount_allocations": [],
    }  # fmt: skip
    zero = bag(0, currency)
    return {
        "id": number, "admin_graphql_api_id": gid("Order", number), "app_id": 580111, "browser_ip": "192.0.2.11",
        "buyer_accepts_marketing": False, "cancel_reason": None, "cancelled_at": None, "cart_token": None,
        "checkout_id": number + 2, "checkout_token": f"{number:032x}",
        "client_details": nulls(
            "accept_language browser_height browser_ip browser_width session_hash user_agent"
        ),
        "closed_at": None, "confirmation_number": f"MOCK{name}", "confirmed": True,
        "contact_email": "ada@example.com", "created_at": at, "currency": currency,
        "current_total_additional_fees_set": None, "current_total_duties_set": None, "customer_locale": "en",
        "device_id": None, "discount_codes": [], "duties_included": False, "email": "ada@example.com",
        "estimated_taxes": False, "financial_status": "pending", "fulfillment_status": None,
        **nulls("landing_site landing_site_ref location_id merchant_business_entity_id merchant_of_record_app_id"),
        "name": f"#{name}", "note": None, "note_attributes": [], "number": name - 1000, "order_number": name,
        "order_status_url": f"https://mock-shop.myshopify.com/orders/{number}",
        "original_total_additional_fees_set": None, "original_total_duties_set": None,
        "payment_gateway_names": ["bogus"], "phone": None, "po_number": None, "presentment_currency": currency,
        "processed_at": at, **nulls("reference referring_site source_identifier"), "source_name": "web",
        "source_url": None, "tags": "", "tax_exempt": False, "tax_lines": [], "taxes_included": False,
        "test": False, "token": f"{number:032x}", "total_cash_rounding_payment_adjustment_set": zero,
        "total_cash_rounding_refund_adjustment_set": zero, "total_shipping_price_set": bag(shipping, currency),
        **priced("total_tax", 0, currency), **priced("current_total_tax", 0, currency),
        "total_tip_received": "0.00", "total_weight": 0, "updated_at": at, "user_id": None,
        "billing_address": ADDRESS, "shipping_address": ADDRESS,
        "customer": {
            "id": 207000551, "email": "ada@example.com", "created_at": at, "updated_at": at, "first_name": "Ada",
            "last_name": "Example", "state": "disabled", "note": None, "verified_email": True,
            "multipass_identifier": None, "tax_exempt": False, "phone": None,
            **nulls("email_marketing_consent sms_marketing_consent"), "tags": "", "currency": currency,
            "tax_exemptions": [], "admin_graphql_api_id": gid("Customer", 207000551), "default_address": None,
        },
        "discount_applications": [], "fulfillments": [], "line_items": lines, "payment_terms": None, "refunds": [],
        "shipping_lines": [shipping_line] if shipping else [],
    }  # fmt: skip


def totals(row: Row) -> None:
    """Work out the sums of an order, those of the start and those after refunds."""
    currency, lines = row["currency"], row["line_items"]
    full = sum((Decimal(line["price"]) * line["quantity"] for line in lines), Decimal(0))
    subtotal = sum((worth(line) for line in lines), Decimal(0))
    left = sum((worth(line, line["current_quantity"]) for line in lines), Decimal(0))
    shipping = money_in(row["total_shipping_price_set"])
    adjusted = sum((Decimal(a["amount"]) for r in row["refunds"] for a in r["order_adjustments"]), Decimal(0))
    is_paid = row["financial_status"] not in ("pending", "voided")
    for name, amount in {
        "total_line_items_price": full,
        "total_discounts": full - subtotal,
        "subtotal_price": subtotal,
        "total_price": subtotal + shipping,
        "current_subtotal_price": left,
        "current_total_discounts": full - subtotal if left else Decimal(0),
        "current_total_price": left + shipping + adjusted,
    }.items():
        row.update(priced(name, amount, currency))
    row["total_outstanding"] = two(0 if is_paid else subtotal + shipping)


def refund(number: int, of: Row, lines: list[Row], *, amount: Decimal, note: str | None, at: str) -> Row:
    """A refund of an order, its money and its lines; the difference of the two is an adjustment."""
    currency = of["currency"]
    beyond = amount - sum((Decimal(str(line["subtotal"])) for line in lines), Decimal(0))
    money = {"amount": two(-beyond), "amount_set": bag(-beyond, currency), **priced("tax_amount", 0, currency)}
    kind = "shipping_refund" if lines and money_in(of["total_shipping_price_set"]) == beyond else "refund_discrepancy"
    adjustment = {
        "id": number + 1, "order_id": of["id"], "refund_id": number, "kind": kind,
        "reason": kind.replace("_", " ").capitalize(), **money,
    }  # fmt: skip
    return {
        "id": number, "admin_graphql_api_id": gid("Refund", number), "created_at": at, "note": note,
        "order_id": of["id"], "processed_at": at, "restock": any(r["restock_type"] != "no_restock" for r in lines),
        "total_additional_fees_set": bag(0, currency), "total_duties_set": bag(0, currency), "user_id": 548000009,
        "order_adjustments": [adjustment] if beyond else [],
        "transactions": [
            {
                "id": number + 2, "admin_graphql_api_id": gid("OrderTransaction", number + 2), "amount": two(amount),
                "authorization": None, "created_at": at, "currency": currency, "device_id": None, "error_code": None,
                "gateway": "bogus", "kind": "refund", "location_id": None, "message": None, "order_id": of["id"],
                "parent_id": of["id"] + 3, "payment_id": f"{of['name']}.1", "processed_at": at, "receipt": {},
                "source_name": "web", "status": "success", "test": False, "user_id": None,
            }
        ],
        "refund_line_items": lines, "duties": [], "additional_fees": [],
    }  # fmt: skip


def refund_line(number: int, line: Row, quantity: int, *, restock_type: str) -> Row:
    """Some pieces of a line that go back, to the shelf or not."""
    value = worth(line, quantity)
    currency = line["price_set"]["shop_money"]["currency_code"]
    return {
        "id": number, "line_item_id": line["id"], "location_id": None if restock_type == "no_restock" else MAIN,
        "quantity": quantity, "restock_type": restock_type, "subtotal": float(value),
        "subtotal_set": bag(value, currency), "total_tax": 0.0, "total_tax_set": bag(0, currency), "line_item": line,
    }  # fmt: skip
