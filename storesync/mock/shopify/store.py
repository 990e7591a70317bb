"""The shop: products, stock, orders, the Admin API's addresses, and the webhooks."""

import base64
import hashlib
import hmac
import json
import re
import uuid
from collections import defaultdict
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import Any

from django.conf import settings

from storesync.mock.catalogue import CURRENCY, ITEMS, Item
from storesync.mock.outbox import Delivery, Outbox
from storesync.mock.server import Answer, Asked, Refused, Route, Row
from storesync.mock.shopify import graphql, shapes
from storesync.mock.shopify.mutations import Mutations
from storesync.mock.shopify.oauth import OAuth
from storesync.mock.shopify.shapes import MAIN, Level, Product, Variant
from storesync.mock.store import Store, money

VERSION = "2026-10"
LAGOS = timezone(timedelta(hours=1))
# Shopify tries eight times more, over four hours; here it takes four minutes.
RETRY_GAPS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
TIMEOUT = 5.0


class ShopifyStore(Store):
    """One shop, whose name is the host that was asked for consent."""

    name, first_id = "Shopify", 7_100_000_000_001

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox(self.faults, timeout=TIMEOUT, gaps=RETRY_GAPS, stamp=dict, settled=self.settled)
        self.control.append(("POST", "/mock/uninstall", self.uninstall))
        self.begin(ITEMS)

    def routes(self) -> list[Route]:
        return [
            ("GET", "/admin/oauth/authorize", self.oauth.authorize),
            ("POST", "/admin/oauth/access_token", self.oauth.token),
            ("POST", r"/admin/api/([^/]+)/graphql.json", self.graphql),
            ("GET", r"/bulk/(\d+).jsonl", self.download),
        ]

    def allow(self, asked: Asked) -> None:
        """Only the Admin API wants a token."""
        if asked.path.startswith("/admin/api/"):
            self.grant = self.oauth.grant_of(asked.headers.get("x-shopify-access-token", ""))
            if self.grant is None:
                answer = self.refusal(401)
                raise Refused(401, answer.body)

    def refusal(self, status: int) -> Answer:
        texts = {
            401: "[API] Invalid API key or access token (unrecognized login or wrong password)",
            404: "Not Found",
            429: "Exceeded 2 calls per second for api client.",
            500: "Internal Server Error",
        }
        return Answer({"errors": texts[status]}, status, {"Retry-After": "2.0"} if status == 429 else {})

    def fill(self, items: list[Item]) -> None:
        self.products: dict[int, Product] = {}
        self.variants: dict[int, Variant] = {}
        self.items_by_id: dict[int, Variant] = {}
        self.orders: dict[int, Row] = {}
        self.hooks: dict[int, Row] = {}
        self.bulks: dict[int, Row] = {}
        self.buckets: dict[str, graphql.Bucket] = defaultdict(graphql.Bucket)
        self.answers: dict[str, tuple[Row, Row]] = {}  # by idempotency key
        self.outbox.log.clear()
        self.oauth = OAuth(self.now)
        groups: dict[str, Product] = {}
        at = self.stamp()
        for item in items:
            if item.shopify is None:
                continue
            product = groups.get(item.group) or Product(self.number(), item.group or item.name, at, at)
            if item.group:
                groups[item.group] = product
            self.add(
                Variant(
                    id=self.number(), item_id=self.number(), product=product, sku=item.sku,
                    title=item.name if item.group else "Default Title", price=Decimal(item.price),
                    tracked=item.tracked and not item.parts, parts=item.parts,
                    levels={MAIN: Level(item.shopify)},
                )
            )  # fmt: skip

    def add(self, row: Variant) -> None:
        """A variant, and its product if that is new."""
        self.products[row.product.id] = row.product
        row.product.variants.append(row)
        self.variants[row.id] = self.items_by_id[row.item_id] = row

    def stamp(self) -> str:
        """This moment in the shop's own time."""
        return self.now().astimezone(LAGOS).isoformat()

    # The API.

    def graphql(self, asked: Asked, version: str) -> Answer:
        if not re.fullmatch(r"\d{4}-(01|04|07|10)|unstable", version) or self.grant is None:
            return self.refusal(404)
        root, bucket = Mutations(self, self.grant), self.buckets[self.grant.shop]
        return Answer(graphql.run(asked.json(), bucket=bucket, root=root), headers={"X-Shopify-API-Version": version})

    def download(self, asked: Asked, number: str) -> Answer:
        """A bulk operation's file; its address is the key to it."""
        row = self.bulks.get(int(number))
        return Answer(row["file"], headers={"Content-Type": "application/jsonl"}) if row else self.refusal(404)

    # Webhooks.

    def tell(self, topic: str, body: Row) -> None:
        """Send an event to who subscribed it; its id is the same for all topics of one event at one moment."""
        raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        digest = hmac.new(settings.SHOPIFY_CLIENT_SECRET.encode(), raw, hashlib.sha256).digest()
        event = str(uuid.uuid4())
        written = topic.lower().rpartition("_")
        for hook in [hook for hook in self.hooks.values() if hook["topic"] == topic]:
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Shopify-Captain-Hook",
                "X-Shopify-Topic": f"{written[0]}/{written[2]}",
                "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
                "X-Shopify-Shop-Domain": hook["shop"],
                "X-Shopify-API-Version": VERSION,
                "X-Shopify-Webhook-Id": str(uuid.uuid4()),
                "X-Shopify-Event-Id": event,
                "X-Shopify-Triggered-At": self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000000Z"),
            }
            self.outbox.post(Delivery(hook["uri"], headers["X-Shopify-Topic"], headers, raw, str(hook["id"])))

    def settled(self, delivery: Delivery, taken: bool) -> None:
        """Shopify deletes the subscription when the last retry was in vain."""
        if not taken:
            with self.lock:
                self.hooks.pop(int(delivery.hook), None)

    def tell_products(self, products: list[Product]) -> None:
        for product in products:
            product.updated_at = self.stamp()
            self.tell("PRODUCTS_UPDATE", shapes.product(product))

    # The control.

    def by_sku(self, sku: str) -> Variant:
        for variant in self.variants.values():
            if variant.sku == sku:
                return variant
        raise Refused(400, {"message": f"No variant has the SKU {sku}"})

    def take(self, variant: Variant, quantity: int) -> None:
        """Somebody ordered so many, or fewer than before."""
        for sku, count in variant.parts:
            self.take(self.by_sku(sku), quantity * count)
        if variant.tracked:
            variant.levels[MAIN].available -= quantity
            variant.levels[MAIN].committed += quantity

    def sell(self, lines: list[Row], order: Row) -> Row:
        """`paid` (true), `shipping`, `discount` of the whole order, `currency`."""
        currency, discount = str(order.get("currency", CURRENCY)), money(order.get("discount", 0))
        bought = [(self.by_sku(line["sku"]), line) for line in lines]
        full = [money(line.get("price", variant.price)) * line["quantity"] for variant, line in bought]
        offs = [(discount * each / sum(full)).quantize(Decimal("0.01")) if discount else Decimal(0) for each in full]
        offs[0] += discount - sum(offs)
        rows = [
            shapes.line_item(
                self.number(), variant, quantity=line["quantity"], discount=off, currency=currency,
                price=money(line.get("price", variant.price)),
            )
            for (variant, line), off in zip(bought, offs, strict=True)
        ]  # fmt: skip
        # Of its shipping line, checkout and payment, too.
        number = self.number(room=4)
        name, shipping = 1001 + len(self.orders), money(order.get("shipping", 0))
        row = shapes.order(number, name, rows, shipping=shipping, currency=currency, at=self.stamp())
        row["financial_status"] = "paid" if order.get("paid", True) else "pending"
        shapes.totals(row)
        for variant, line in bought:
            self.take(variant, line["quantity"])
        self.orders[number] = row
        self.tell("ORDERS_CREATE", row)
        return row

    def order(self, number: int) -> Row:
        if number not in self.orders:
            raise Refused(404, {"message": f"There is no order {number}"})
        return self.orders[number]

    def changed(self, row: Row, *topics: str) -> Row:
        """The order as it is now, which the webhooks tell."""
        shapes.totals(row)
        row["updated_at"] = self.stamp()
        for topic in (*topics, "ORDERS_UPDATED"):
            self.tell(topic, row)
        return row

    def pay(self, number: int, body: Row) -> Row:
        row = self.order(number)
        row["financial_status"] = "paid"
        return self.changed(row, "ORDERS_PAID")

    def cancel(self, number: int, body: Row) -> Row:
        """All goes back to the shelf, and the money to the buyer."""
        row = self.order(number)
        if row["financial_status"] == "pending":
            for line in row["line_items"]:
                self.give_back(line, line["current_quantity"], "cancel")
            row["financial_status"] = "voided"
        else:
            self.give_money_back(row, {}, "cancel")
        row.update(cancelled_at=self.stamp(), cancel_reason=body.get("reason", "customer"))
        return self.changed(row, "ORDERS_CANCELLED")

    def refund(self, number: int, body: Row) -> Row:
        """`lines` are {sku, quantity} (all that is left), [] for money alone; `amount`, `restock` (true), `note`."""
        row = self.order(number)
        self.give_money_back(row, body, "return" if body.get("restock", True) else "no_restock")
        self.tell("REFUNDS_CREATE", row["refunds"][-1])
        return self.changed(row)

    def give_money_back(self, row: Row, body: Row, restock_type: str) -> None:
        """A refund. Raises Refused for more than is left."""
        left = {line["sku"]: line["current_quantity"] for line in row["line_items"]}
        lines = self.lines_in(body) if body.get("lines") else [] if "lines" in body else None
        wanted = left if lines is None else {line["sku"]: line["quantity"] for line in lines}
        if any(not 0 <= quantity <= left.get(sku, 0) for sku, quantity in wanted.items()):
            raise Refused(400, {"message": "That is more than is left"})
        back = [(line, wanted[line["sku"]]) for line in row["line_items"] if wanted.get(line["sku"])]
        value = sum((shapes.worth(line, quantity) for line, quantity in back), Decimal(0))
        shipping = shapes.money_in(row["total_shipping_price_set"]) if lines is None and not row["refunds"] else 0
        amount = money(body.get("amount", value + shipping))
        for line, quantity in back:
            self.give_back(line, quantity, restock_type)
        refund_lines = [
            shapes.refund_line(self.number(), dict(line), quantity, restock_type=restock_type)
            for line, quantity in back
        ]
        number = self.number(room=3)
        refund = shapes.refund(
            number, row, refund_lines, amount=amount, note=body.get("note"), at=self.stamp()
        )  # fmt: skip
        row["refunds"].append(refund)
        paid = sum(money(each["transactions"][0]["amount"]) for each in row["refunds"])
        row["financial_status"] = "refunded" if paid >= money(row["total_price"]) else "partially_refunded"

    def give_back(self, line: Row, quantity: int, restock_type: str) -> None:
        """Pieces leave an order, to the shelf or not."""
        line["current_quantity"] -= quantity
        line["fulfillable_quantity"] = line["current_quantity"]
        variant = self.variants[line["variant_id"]]
        if restock_type != "no_restock":
            self.take(variant, -quantity)
        elif variant.tracked:
            variant.levels[MAIN].committed -= quantity

    def stock_is(self, sku: str, quantity: int) -> None:
        variant = self.by_sku(sku)
        variant.levels[MAIN].available = quantity
        self.tell_products([variant.product])

    def uninstall(self, asked: Asked) -> Answer:
        """The merchant takes the app away: its tokens are dead, and so are its webhooks, after the last."""
        self.tell("APP_UNINSTALLED", {"id": 1, "name": "mock-shop", "domain": "mock-shop.myshopify.com"})
        self.oauth, self.hooks = OAuth(self.now), {}
        return Answer({})

    def state(self) -> Row:
        """The stock of each SKU; of one that stands twice, the first."""
        stock: dict[str, Any] = {}
        for row in self.variants.values():
            if row.tracked:
                stock.setdefault(row.sku, row.total)
        return {
            "stock": stock,
            "prices": {row.sku: shapes.two(row.price) for row in self.variants.values()},
            "orders": list(self.orders.values()),
            "hooks": list(self.hooks.values()),
            "deliveries": [{"topic": each.topic, "answers": each.answers} for each in self.outbox.log],
            "points": {shop: bucket.left for shop, bucket in self.buckets.items()},
            "calls": self.calls,
        }
