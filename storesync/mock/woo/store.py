"""The shop: products with their stock, orders, and what is done at its till by hand."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from storesync.mock.catalogue import CURRENCY, ITEMS, Item
from storesync.mock.outbox import Delivery, Outbox
from storesync.mock.server import Answer, Asked, Refused, Route, Row
from storesync.mock.store import Store, money
from storesync.mock.woo import access, shapes
from storesync.mock.woo.api import Api
from storesync.mock.woo.shapes import Product, dates, php_json

TIMEOUT, FAILURES = 60.0, 5
TAKES_STOCK = ("processing", "completed", "on-hold")


class WooStore(Store):
    """One shop. `site` is its address where that is not the one on which it answers here."""

    name, first_id = "WooCommerce", 101

    def __init__(self) -> None:
        super().__init__()
        self.site = ""
        self.outbox = Outbox(
            self.faults, timeout=TIMEOUT, gaps=(), stamp=self.delivery_id, settled=self.settled, also=(301, 302)
        )  # fmt: skip
        self.begin(ITEMS)

    def routes(self) -> list[Route]:
        return Api(self).routes()

    def allow(self, asked: Asked) -> None:
        if asked.path.rstrip("/") not in ("/wp-json", "/wp-json/wc/v3"):
            access.check(asked, self.base, self.now().timestamp(), self.nonces)

    def refusal(self, status: int) -> Answer:
        codes = {
            401: ("woocommerce_rest_authentication_error", "Consumer key is invalid."),
            404: ("rest_no_route", "No route was found matching the URL and request method."),
            429: ("too_many_requests", "Too many requests."),
            500: ("internal_server_error", "There has been a critical error on this website."),
        }
        body = php_json(access.error(status, *codes[status]))
        return Answer(body, status, {"Retry-After": "3"} if status == 429 else {})

    @property
    def home(self) -> str:
        return self.site or self.base

    def fill(self, items: list[Item]) -> None:
        self.products: dict[int, Product] = {}  # variations too
        self.orders: dict[int, Row] = {}
        self.refunds: dict[int, list[Row]] = {}
        self.took_stock: set[int] = set()
        self.hooks: dict[int, Row] = {}
        self.nonces: set[str] = set()
        self.outbox.log.clear()
        groups: dict[str, Product] = {}
        for item in items:
            if item.woo is None:
                continue
            if item.group and item.group not in groups:
                groups[item.group] = self.add(item.group, "", item.price, kind="variable")
            kind = "variation" if item.group else "bundle" if item.parts else "simple"
            counted = item.tracked and not item.parts
            row = self.add(item.name, item.sku, item.price, kind=kind, stock=item.woo if counted else None)
            row.parent, row.parts = groups.get(item.group), item.parts
            if row.parent:
                row.parent.variations.append(row)

    def add(self, name: str, sku: str, price: str, *, kind: str = "simple", stock: int | None = None) -> Product:
        """A new product; the API shows no price where there is none."""
        number = self.number()
        self.products[number] = Product(number, name, sku, price, kind, stock, self.now())
        return self.products[number]

    # Webhooks.

    def tell(self, topic: str, body: Row) -> None:
        """Send it to the active hooks of this topic, each signed with its own secret."""
        for hook in [hook for hook in self.hooks.values() if (hook["topic"], hook["status"]) == (topic, "active")]:
            raw = php_json(body)
            resource, event = topic.split(".")
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "WooCommerce/9.8.0 Hookshot (WordPress/6.8)",
                "X-WC-Webhook-Source": f"{self.home}/",
                "X-WC-Webhook-Topic": topic,
                "X-WC-Webhook-Resource": resource,
                "X-WC-Webhook-Event": event,
                "X-WC-Webhook-Signature": access.signature_of(hook["secret"], raw),
                "X-WC-Webhook-ID": str(hook["id"]),
            }
            self.outbox.post(Delivery(hook["delivery_url"], topic, headers, raw, str(hook["id"])))

    def probe(self, hook: Row) -> None:
        """What an address gets when a hook is made for it: a form, unsigned."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = f"webhook_id={hook['id']}".encode()
        self.outbox.post(Delivery(hook["delivery_url"], "ping", headers, body))

    def delivery_id(self) -> dict[str, str]:
        """Another for each sending."""
        with self.lock:
            return {"X-WC-Webhook-Delivery-ID": str(self.number())}

    def settled(self, delivery: Delivery, taken: bool) -> None:
        """A hook that fails five times in a row is disabled."""
        with self.lock:
            hook = self.hooks.get(int(delivery.hook or 0))
            if hook is not None:
                hook["failures"] = 0 if taken else hook["failures"] + 1
                if hook["failures"] >= FAILURES:
                    hook["status"] = "disabled"

    # The control.

    def by_sku(self, sku: str) -> Product:
        for row in self.products.values():
            if row.sku == sku:
                return row
        raise Refused(400, {"message": f"No product has the SKU {sku}"})

    def take(self, row: Product, quantity: int) -> None:
        """Out of stock, or back; of a bundle its parts."""
        for sku, count in row.parts:
            self.take(self.by_sku(sku), quantity * count)
        if row.stock is not None:
            self.changed_product(row, row.stock - quantity)

    def changed_product(self, row: Product, stock: int | None) -> None:
        row.stock, row.modified = stock, self.now()
        top = row.parent or row
        self.tell("product.updated", shapes.product(top, self.home))

    def sell(self, lines: list[Row], order: Row) -> Row:
        """`paid` (true), else `status` (on-hold); `shipping`, `discount` by coupon, `currency`."""
        discount = money(order.get("discount", 0))
        bought = [(self.by_sku(line["sku"]), line) for line in lines]
        full = [money(line.get("price", row.price)) * line["quantity"] for row, line in bought]
        offs = [(discount * each / sum(full)).quantize(Decimal("0.01")) if discount else Decimal(0) for each in full]
        offs[0] += discount - sum(offs)
        rows = [
            shapes.line_item(
                self.number(), row, quantity=line["quantity"], off=off, price=money(line.get("price", row.price))
            )
            for (row, line), off in zip(bought, offs, strict=True)
        ]  # fmt: skip
        number = self.number()
        made = shapes.order(
            number, rows, shipping=money(order.get("shipping", 0)), discount=discount, at=self.now(),
            currency=str(order.get("currency", CURRENCY)),
        )  # fmt: skip
        self.orders[number], self.refunds[number] = made, []
        self.becomes(made, "processing" if order.get("paid", True) else str(order.get("status", "on-hold")))
        self.tell("order.created", self.shown(made))
        return self.shown(made)

    def shown(self, row: Row) -> Row:
        return {**row, "_links": shapes.links(self.home, f"orders/{row['id']}", "orders")}

    def order(self, number: int) -> Row:
        if number not in self.orders:
            raise Refused(404, access.error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID."))
        return self.orders[number]

    def becomes(self, row: Row, status: str) -> None:
        """The next status, and what that does to stock and dates."""
        number, at = row["id"], self.now()
        row["status"] = status
        if status in ("processing", "completed") and row["date_paid"] is None:
            row.update(dates("date_paid", at), needs_payment=False, transaction_id=f"mock_{number}")
        if status in TAKES_STOCK and number not in self.took_stock:
            self.took_stock.add(number)
            self.move(row, 1)
        if status == "cancelled" and number in self.took_stock:
            self.took_stock.remove(number)
            self.move(row, -1)
        row.update(dates("date_modified", at))

    def move(self, row: Row, sign: int) -> None:
        for line in row["line_items"]:
            self.take(self.products[line["variation_id"] or line["product_id"]], sign * line["quantity"])

    def changed(self, row: Row, status: str) -> Row:
        """The order with its new status, which the webhooks tell."""
        self.becomes(row, status)
        self.tell("order.updated", self.shown(row))
        return self.shown(row)

    def pay(self, number: int, body: Row) -> Row:
        return self.changed(self.order(number), "processing")

    def cancel(self, number: int, body: Row) -> Row:
        return self.changed(self.order(number), "cancelled")

    def delete(self, number: int, body: Row) -> Row:
        """Into the bin: the webhook tells no more than its id, and no stock comes back."""
        del self.orders[self.order(number)["id"]]
        self.tell("order.deleted", {"id": number})
        return {"id": number}

    def refund(self, number: int, body: Row) -> Row:
        """`lines` are {sku, quantity} (else all), [] for money alone; `amount`, `restock` (true), `reason`."""
        row = self.order(number)
        left = {line["sku"]: line["quantity"] for line in row["line_items"]}
        for each in self.refunds[number]:
            for line in each["line_items"]:
                left[line["sku"]] += line["quantity"]
        lines = self.lines_in(body) if body.get("lines") else [] if "lines" in body else None
        wanted = left if lines is None else {line["sku"]: line["quantity"] for line in lines}
        if any(not 0 <= quantity <= left.get(sku, 0) for sku, quantity in wanted.items()):
            raise Refused(400, {"message": "That is more than is left"})
        back = [
            shapes.refund_line(self.number(), line, wanted[line["sku"]])
            for line in row["line_items"]
            if wanted.get(line["sku"])
        ]
        gone = sum((money(each["amount"]) for each in self.refunds[number]), Decimal(0))
        worth = -sum((money(line["total"]) for line in back), Decimal(0))
        amount = money(body.get("amount", money(row["total"]) - gone if lines is None else worth))
        reason = str(body.get("reason", ""))
        made = shapes.refund(self.number(), back, amount=amount, reason=reason, at=self.now())
        self.refunds[number].insert(0, made)
        row["refunds"] = [{"id": made["id"], "reason": reason, "total": f"-{made['amount']}"}, *row["refunds"]]
        for line in back if body.get("restock", True) else []:
            self.take(self.products[line["variation_id"] or line["product_id"]], line["quantity"])
        return self.changed(row, "refunded" if gone + amount >= money(row["total"]) else row["status"])

    def stock_is(self, sku: str, quantity: int) -> None:
        self.changed_product(self.by_sku(sku), quantity)

    def state(self) -> Row:
        rows = [row for row in self.products.values() if row.kind != "variable"]
        hooks: list[dict[str, Any]] = [
            {name: value for name, value in hook.items() if not isinstance(value, datetime)}
            for hook in self.hooks.values()
        ]
        return {
            "stock": {row.sku: row.stock for row in rows if row.stock is not None},
            "prices": {row.sku: row.price for row in rows},
            "orders": [self.shown(row) for row in self.orders.values()],
            "refunds": self.refunds,
            "hooks": hooks,
            "deliveries": [{"topic": each.topic, "answers": each.answers} for each in self.outbox.log],
            "calls": self.calls,
        }
