"""The addresses under /wp-json/wc/v3."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from storesync.mock.catalogue import CURRENCY
from storesync.mock.server import Answer, Asked, Refused, Route, Row
from storesync.mock.woo import shapes
from storesync.mock.woo.access import SECRET, error
from storesync.mock.woo.shapes import LOCAL, Product, php_json

if TYPE_CHECKING:
    from storesync.mock.woo.store import WooStore

API = "/wp-json/wc/v3"
LARGEST_PAGE, LARGEST_BATCH = 100, 100
TOPICS = tuple(f"{what}.{event}" for what in ("order", "product") for event in ("created", "updated", "deleted"))


class Api:
    """Its views; each answers in PHP's JSON."""

    def __init__(self, store: "WooStore") -> None:
        self.store = store

    def routes(self) -> list[Route]:
        return [
            ("GET", "/wp-json", self.index),
            ("GET", API, self.index),
            ("GET", f"{API}/system_status", self.system_status),
            ("GET", f"{API}/products", self.list_products),
            ("POST", f"{API}/products", lambda asked: self.made(self.create_product(asked.json()), 201)),
            ("POST", f"{API}/products/batch", self.batch_products),
            ("GET", rf"{API}/products/(\d+)", lambda asked, number: self.made(self.show(self.top(number)))),
            ("PUT", rf"{API}/products/(\d+)", self.update_product),
            ("GET", rf"{API}/products/(\d+)/variations", self.list_variations),
            ("POST", rf"{API}/products/(\d+)/variations/batch", self.batch_variations),
            ("GET", f"{API}/orders", self.list_orders),
            ("GET", rf"{API}/orders/(\d+)", lambda asked, number: self.made(self.order(number))),
            ("GET", rf"{API}/orders/(\d+)/refunds", self.list_refunds),
            ("GET", f"{API}/webhooks", self.list_hooks),
            ("POST", f"{API}/webhooks", self.create_hook),
            ("GET", rf"{API}/webhooks/(\d+)", lambda asked, number: self.made(self.shown_hook(self.hook(number)))),
            ("PUT", rf"{API}/webhooks/(\d+)", self.update_hook),
            ("DELETE", rf"{API}/webhooks/(\d+)", self.delete_hook),
        ]

    def made(self, body: Any, status: int = 200) -> Answer:
        return Answer(php_json(body), status)

    def index(self, asked: Asked) -> Answer:
        home = self.store.home
        body = {"name": "Mock shop", "url": home, "home": home, "gmt_offset": "1", "timezone_string": "Africa/Lagos"}
        return self.made({**body, "namespaces": ["oembed/1.0", "wc/v3", "wp/v2"], "routes": {}})

    def system_status(self, asked: Asked) -> Answer:
        home = self.store.home
        environment = {"home_url": home, "site_url": home, "version": "9.8.0", "wp_version": "6.8"}
        settings = {"api_enabled": False, "currency": CURRENCY, "currency_symbol": "&#8358;", "number_of_decimals": 2}
        return self.made({"environment": environment, "settings": settings})

    # Pages.

    def page(self, asked: Asked, rows: list[Any], shape: Callable[[Any], Row]) -> Answer:
        """A page and its headers; `_fields` cuts the rows."""
        number, size = whole(asked, "page", 1), whole(asked, "per_page", 10)
        if not 1 <= size <= LARGEST_PAGE or number < 1:
            name = "page" if number < 1 else "per_page"
            text = f"{name} must be between 1 (inclusive) and {LARGEST_PAGE} (inclusive)"
            data = {"status": 400, "params": {name: text}}
            body = {"code": "rest_invalid_param", "message": f"Invalid parameter(s): {name}", "data": data}
            raise Refused(400, php_json(body))
        last = -(-len(rows) // size)
        fields = asked.query.get("_fields", "").split(",")
        shown = [shape(row) for row in rows[(number - 1) * size : number * size]]
        if fields != [""]:
            shown = [{name: value for name, value in row.items() if name in fields} for row in shown]
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(last)}
        neighbours = [("prev", number - 1), ("next", number + 1)]
        links = [
            f'<{self.store.home}{asked.path}?{urlencode({**asked.query, "page": each})}>; rel="{name}"'
            for name, each in neighbours
            if 1 <= each <= last
        ]
        return Answer(php_json(shown), headers={**headers, **({"Link": ", ".join(links)} if links else {})})

    def ordered(self, asked: Asked, rows: list[Any], keys: dict[str, Callable[[Any], Any]]) -> list[Any]:
        by, direction = asked.query.get("orderby", "date"), asked.query.get("order", "desc")
        if by not in keys or direction not in ("asc", "desc"):
            data = {"status": 400, "params": {"orderby": f"orderby is not one of {', '.join(keys)}."}}
            body = {"code": "rest_invalid_param", "message": "Invalid parameter(s): orderby", "data": data}
            raise Refused(400, php_json(body))
        return sorted(rows, key=keys[by], reverse=direction == "desc")

    def since(self, asked: Asked, name: str) -> datetime:
        """The moment after which rows are wanted; on the site's clock unless the query says GMT."""
        text = asked.query.get(name)
        if not text:
            return datetime.min.replace(tzinfo=UTC)
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            body = error(400, "rest_invalid_param", f"Invalid parameter(s): {name}")
            raise Refused(400, php_json(body)) from None
        if at.tzinfo:
            return at
        at = at.replace(tzinfo=UTC)
        return at if asked.query.get("dates_are_gmt") in ("true", "1") else at - LOCAL

    # Products.

    def list_products(self, asked: Asked) -> Answer:
        query, since = asked.query, self.since(asked, "modified_after")
        rows = [
            row
            for row in self.store.products.values()
            # A SKU finds variations, too; a plain list has none.
            if (row.sku in query["sku"].split(",") if query.get("sku") else row.parent is None)
            and row.modified > since
            and ("include" not in query or str(row.id) in query["include"].split(","))
            and query.get("type") in (None, row.kind)
        ]
        keys: dict[str, Callable[[Any], Any]] = {
            "date": lambda row: row.id,
            "id": lambda row: row.id,
            "modified": lambda row: (row.modified, row.id),
            "title": lambda row: row.name,
        }
        return self.page(asked, self.ordered(asked, rows, keys), self.show)

    def list_variations(self, asked: Asked, number: str) -> Answer:
        return self.page(asked, self.top(number).variations, self.show)

    def show(self, row: Product) -> Row:
        return shapes.product(row, self.store.home)

    def top(self, number: Any) -> Product:
        """A product that is no variation. Raises Refused."""
        row = self.store.products.get(int(number)) if str(number).isdigit() else None
        if row is None:
            raise Refused(404, error(404, "woocommerce_rest_product_invalid_id", "Invalid ID."))
        if row.parent:
            place = "/products/&lt;product_id&gt;/variations/&lt;id&gt;"
            text = f"To manipulate product variations you should use the {place} endpoint."
            raise Refused(404, error(404, "woocommerce_rest_invalid_product_id", text))
        return row

    def variation(self, parent: Product, number: Any) -> Product:
        for row in parent.variations:
            if row.id == number:
                return row
        raise Refused(404, error(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID."))

    def update(self, row: Product, body: Row) -> Row:
        """Stock and price. What is not counted takes no number before `manage_stock` is true. Raises Refused."""
        stock, price = body.get("stock_quantity", row.stock), body.get("regular_price", row.price)
        counted = body.get("manage_stock", row.stock is not None)
        if stock is not None and not isinstance(stock, int):
            raise Refused(400, error(400, "rest_invalid_param", "Invalid parameter(s): stock_quantity"))
        row.price = str(price)
        self.store.changed_product(row, (stock or 0) if counted else None)
        return self.show(row)

    def update_product(self, asked: Asked, number: str) -> Answer:
        return self.made(self.update(self.top(number), asked.json()))

    def create_product(self, body: Row) -> Row:
        sku = str(body.get("sku", ""))
        if sku and any(row.sku == sku for row in self.store.products.values()):
            raise Refused(400, error(400, "product_invalid_sku", "Invalid or duplicated SKU."))
        row = self.store.add(str(body.get("name", "Product")), sku, "")
        return self.update(row, body)

    def batch_products(self, asked: Asked) -> Answer:
        return self.batch(asked, self.top, self.create_product)

    def batch_variations(self, asked: Asked, number: str) -> Answer:
        parent = self.top(number)
        return self.batch(asked, lambda each: self.variation(parent, each), None)

    def batch(self, asked: Asked, find: Callable[[Any], Product], create: Callable[[Row], Row] | None) -> Answer:
        """Each for itself: what fails has an error in its place, and the status is 200."""
        body = asked.json()
        if sum(len(body.get(name) or []) for name in ("create", "update", "delete")) > LARGEST_BATCH:
            text = f"Unable to accept more than {LARGEST_BATCH} items for this request."
            raise Refused(413, error(413, "woocommerce_rest_request_entity_too_large", text))
        answer: dict[str, list[Row]] = {}
        for each in body.get("create") or []:
            if create:
                answer.setdefault("create", []).append(self.tried(0, lambda each=each: create(each)))  # type: ignore[misc]
        for each in body.get("update") or []:
            number = each.get("id")
            row = self.tried(number, lambda each=each, number=number: self.update(find(number), each))  # type: ignore[misc]
            answer.setdefault("update", []).append(row)
        return self.made(answer)

    def tried(self, number: Any, act: Callable[[], Row]) -> Row:
        try:
            return act()
        except Refused as refused:
            body = refused.answer.body
            # In a batch a missing product is a bad request.
            return {"id": number, "error": {**body, "data": {"status": 400}}}

    # Orders.

    def order(self, number: str) -> Row:
        return self.store.shown(self.store.order(int(number)))

    def list_orders(self, asked: Asked) -> Answer:
        modified, created = self.since(asked, "modified_after"), self.since(asked, "after")
        statuses = asked.query.get("status", "any").split(",")
        rows = [
            row
            for row in self.store.orders.values()
            if (statuses == ["any"] or row["status"] in statuses)
            and gmt(row["date_modified_gmt"]) > modified
            and gmt(row["date_created_gmt"]) > created
        ]
        keys: dict[str, Callable[[Any], Any]] = {
            "date": lambda row: (row["date_created_gmt"], row["id"]),
            "id": lambda row: row["id"],
            "modified": lambda row: (row["date_modified_gmt"], row["id"]),
        }
        return self.page(asked, self.ordered(asked, rows, keys), self.store.shown)

    def list_refunds(self, asked: Asked, number: str) -> Answer:
        order = self.store.order(int(number))
        above = f"orders/{order['id']}"

        def shape(row: Row) -> Row:
            path = f"{above}/refunds"
            return {**row, "_links": shapes.links(self.store.home, f"{path}/{row['id']}", path, above)}

        return self.page(asked, self.store.refunds[order["id"]], shape)

    # Hooks.

    def shown_hook(self, row: Row) -> Row:
        return shapes.hook(row, self.store.home)

    def hook(self, number: str) -> Row:
        if int(number) not in self.store.hooks:
            raise Refused(404, error(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID."))
        return self.store.hooks[int(number)]

    def list_hooks(self, asked: Asked) -> Answer:
        status = asked.query.get("status", "all")
        rows = [row for row in self.store.hooks.values() if status in ("all", row["status"])]
        return self.page(asked, rows, self.shown_hook)

    def create_hook(self, asked: Asked) -> Answer:
        body = asked.json()
        topic, url = body.get("topic"), str(body.get("delivery_url", ""))
        if topic not in TOPICS:
            raise Refused(400, error(400, "woocommerce_rest_invalid_webhook_topic", "Webhook topic must be valid."))
        if not url.startswith(("http://", "https://")):
            text = "Webhook delivery URL must be a valid URL starting with http:// or https://."
            raise Refused(400, error(400, "woocommerce_rest_invalid_webhook_delivery_url", text))
        number = self.store.number()
        self.store.hooks[number] = row = {
            "id": number, "name": body.get("name") or f"Webhook {topic}", "topic": topic, "delivery_url": url,
            "status": body.get("status", "active"), "secret": body.get("secret") or SECRET, "failures": 0,
            "at": self.store.now(),
        }  # fmt: skip
        self.store.probe(row)
        return self.made(self.shown_hook(row), 201)

    def update_hook(self, asked: Asked, number: str) -> Answer:
        row, body = self.hook(number), asked.json()
        row.update({name: body[name] for name in ("name", "status", "secret", "delivery_url") if name in body})
        row["failures"] = 0
        return self.made(self.shown_hook(row))

    def delete_hook(self, asked: Asked, number: str) -> Answer:
        row = self.hook(number)
        if asked.query.get("force") != "true":
            text = "Webhooks do not support trashing."
            raise Refused(501, error(501, "woocommerce_rest_trash_not_supported", text))
        return self.made(self.shown_hook(self.store.hooks.pop(row["id"])))


def whole(asked: Asked, name: str, default: int) -> int:
    """The number in a query; -1 for what is none."""
    text = asked.query.get(name, str(default))
    return int(text) if text.isascii() and text.isdigit() else -1


def gmt(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
