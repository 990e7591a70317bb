"""The ERP's stock, sells and returns, and its connector API."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from storesync.mock.catalogue import ITEMS, Item
from storesync.mock.prokip import shapes
from storesync.mock.prokip.shapes import Product, Variation, four
from storesync.mock.server import Answer, Asked, Refused, Route, Row
from storesync.mock.store import Store, money

TOKEN = "mock-prokip-token"
ROWS, MOST_ROWS = 15, 500
MAIN, WAREHOUSE = shapes.LOCATIONS
API = "/connector/api"


class NotFound(Exception):
    """Laravel's ModelNotFoundException, which the API puts into an answer of 200."""


class ProkipStore(Store):
    """One business with two locations."""

    name, first_id = "Prokip", 1

    def __init__(self) -> None:
        super().__init__()
        self.begin(ITEMS)

    def routes(self) -> list[Route]:
        return [
            ("GET", f"{API}/product", self.list_products),
            ("GET", f"{API}/product-stock-report", self.report_stock),
            ("GET", f"{API}/business-location", self.list_locations),
            ("GET", f"{API}/contactapi/([0-9,]+)", self.show_contacts),
            ("POST", f"{API}/sell", self.create_sells),
            ("GET", f"{API}/sell", self.list_sells),
            ("GET", f"{API}/sell/([0-9,]+)", self.show_sells),
            ("POST", f"{API}/sell-return", self.return_sell),
        ]

    def allow(self, asked: Asked) -> None:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refused(401, {"message": "Unauthenticated."})

    def refusal(self, status: int) -> Answer:
        texts = {401: "Unauthenticated.", 404: "Not Found", 429: "Too Many Attempts.", 500: "Server Error"}
        return Answer({"message": texts[status]}, status, {"Retry-After": "2"} if status == 429 else {})

    def fill(self, items: list[Item]) -> None:
        self.products: list[Product] = []
        self.variations: dict[int, Variation] = {}
        self.sells: list[Row] = []
        self.returns: dict[int, Row] = {}  # by sell: a second return of a sell rewrites the first
        groups: dict[str, Product] = {}
        for item in items:
            if item.prokip is not None:
                kind = "variable" if item.group else "combo" if item.parts else "single"
                product = groups.get(item.group) or Product(self.number(), item.group or item.name, kind, [])
                if item.group not in groups:
                    self.products.append(product)
                if item.group:
                    groups[item.group] = product
                counted = item.tracked and not item.parts
                stock = {MAIN: Decimal(item.prokip), WAREHOUSE: Decimal(5)} if counted else {}
                variation = Variation(self.number(), product, item, stock)
                product.variations.append(variation)
                self.variations[variation.id] = variation

    def by_sku(self, sku: str) -> Variation:
        for variation in self.variations.values():
            if variation.item.sku == sku:
                return variation
        raise Refused(400, {"message": f"No product has the SKU {sku}"})

    def move(self, variation: Variation, location: int, quantity: Decimal) -> None:
        """Change the stock, which may go below zero; a combo's parts have the stock."""
        for sku, count in variation.item.parts:
            self.move(self.by_sku(sku), location, quantity * count)
        if location in variation.stock:
            variation.stock[location] += quantity

    # The API.

    def page(self, asked: Asked, rows: list[Any], shape: Any, size: int, *, total: bool = False) -> Answer:
        """Laravel's pages; only the stock report tells how many rows there are."""
        number = max(whole(asked.query.get("page"), 1), 1)
        last = max(-(-len(rows) // size), 1)
        shown = rows[(number - 1) * size : number * size]
        path = f"{self.base}{asked.path}"
        links = {"first": 1, "last": last, "prev": number - 1 or None, "next": number + 1 if number < last else None}
        first = (number - 1) * size + 1 if shown else None
        meta: Row = {
            "current_page": number, "from": first, **({"last_page": last} if total else {}), "path": path,
            "per_page": size, "to": first and first + len(shown) - 1, **({"total": len(rows)} if total else {}),
        }  # fmt: skip
        addresses = {
            name: page and f"{path}?{urlencode({**asked.query, 'page': page})}" for name, page in links.items()
        }
        return Answer({"data": [shape(row) for row in shown], "links": addresses, "meta": meta})

    def list_products(self, asked: Asked) -> Answer:
        name, sku = like(asked.query.get("name")), like(asked.query.get("sku"))
        rows = [
            row
            for row in self.products
            if name.fullmatch(row.name) and any(sku.fullmatch(each.item.sku) for each in row.variations)
        ]
        return self.page(asked, rows, shapes.product, page_size(asked))

    def report_stock(self, asked: Asked) -> Answer:
        """Fifteen rows, whatever is asked."""
        wanted = whole(asked.query.get("location_id"), 0)
        rows = [
            (row, location)
            for row in self.variations.values()
            for location in (row.stock or [None])
            if location is None or wanted in (0, location)
        ]
        sold = self.sold()

        def shape(row: tuple[Variation, int | None]) -> Row:
            return shapes.stock_report(*row, sold.get(row[0].id, Decimal(0)))

        return self.page(asked, rows, shape, ROWS, total=True)

    def list_locations(self, asked: Asked) -> Answer:
        return Answer({"data": [shapes.location(number) for number in shapes.LOCATIONS]})

    def show_contacts(self, asked: Asked, numbers: str) -> Answer:
        wanted = [int(number) for number in numbers.split(",") if number]
        return Answer({"data": [shapes.contact(number) for number in wanted if number in shapes.CONTACTS]})

    def create_sells(self, asked: Asked) -> Answer:
        """The bare array. What fails is an element of it, and the status is 200 all the same."""
        sells = asked.json().get("sells")
        if not isinstance(sells, list) or not sells:
            return Answer([])
        return Answer([self.created(body) for body in sells])

    def created(self, body: Any) -> Row:
        try:
            return self.book(body)
        except NotFound as error:
            message = {"message": f"No query results for model [{error}]", "status_code": None}
        except (Refused, KeyError, TypeError, ValueError) as error:
            message = {"message": str(error), "status_code": None}
        return {"headers": {}, "original": {"error": message}, "exception": None}

    def book(self, body: Row) -> Row:
        """A sell; nothing asks whether its invoice number was there before. Raises NotFound, KeyError, Refused."""
        location = int(body["location_id"])
        if location not in shapes.LOCATIONS:
            raise NotFound("App\\BusinessLocation")
        if int(body["contact_id"]) not in shapes.CONTACTS:
            raise NotFound("App\\Contact")
        bought = []
        for line in body["products"]:
            variation = self.variations.get(int(line["variation_id"]))
            if variation is None or variation.product.id != int(line["product_id"]):
                raise NotFound("App\\Variation")
            price = money(line.get("unit_price", variation.item.price))
            bought.append((variation, money(line["quantity"]), line["quantity"], price))
        at, number = self.stamp(), self.number()
        lines = [
            shapes.sell_line(self.number(), number, variation, quantity=written, price=price, at=at)
            for variation, _, written, price in bought
        ]
        before = sum((quantity * price for _, quantity, _, price in bought), Decimal(0))
        discount, kind = money(body.get("discount_amount") or 0), body.get("discount_type") or "fixed"
        shipping = money(body.get("shipping_charges") or 0)
        off = before * discount / 100 if kind == "percentage" else discount
        total = before - off + shipping
        payments = [
            shapes.payment_line(self.number(), number, each["method"], money(each["amount"]), at)
            for each in body.get("payments") or []
        ]
        paid = sum((Decimal(each["amount"]) for each in payments), Decimal(0))
        row = {
            **shapes.EMPTY, **shapes.ONLY_IN_SELLS, "id": number, "location_id": location, "type": "sell",
            "status": body.get("status", "final"),
            "payment_status": "paid" if paid >= total else "partial" if paid else "due",
            "contact_id": int(body["contact_id"]), "invoice_no": body.get("invoice_no") or f"AS{number:04}",
            "ref_no": "", "source": body.get("source"),
            "transaction_date": moment(body.get("transaction_date")) or at,
            "total_before_tax": four(before), "tax_amount": "0.0000", "discount_type": kind,
            "discount_amount": four(discount), "shipping_charges": four(shipping), "final_total": four(total),
            "return_parent_id": None, "created_at": at, "updated_at": at,
            "invoice_url": f"{self.base}/invoice/{number:032x}", "payment_link": f"{self.base}/pay/{number:032x}",
            "sell_lines": lines, "payment_lines": payments,
        }  # fmt: skip
        if row["status"] == "final":
            for variation, quantity, _, _ in bought:
                self.move(variation, location, -quantity)
        self.sells.append(row)
        return row

    def list_sells(self, asked: Asked) -> Answer:
        query = asked.query
        since, until, source = query.get("start_date"), query.get("end_date"), query.get("source")
        rows = [
            row
            for row in self.sells
            if (not since or row["transaction_date"][:10] >= since)
            and (not until or row["transaction_date"][:10] <= until)
            # As in its code: this one word asks for what its own WooCommerce module imported.
            and (not source or (source != "woocommerce" and row["source"] == source))
            and query.get("location_id") in (None, "", str(row["location_id"]))
        ]
        if "order_by_date" in query:
            rows.sort(key=lambda row: row["transaction_date"], reverse=query["order_by_date"] != "asc")
        return self.page(asked, rows, dict, page_size(asked))

    def show_sells(self, asked: Asked, numbers: str) -> Answer:
        """Those that are there; an unknown id is no error."""
        return Answer({"data": [row for row in self.sells if str(row["id"]) in numbers.split(",")]})

    def return_sell(self, asked: Asked) -> Answer:
        """The quantities are what has come back in all, not what comes back now."""
        body = asked.json()
        sell = next((row for row in self.sells if row["id"] == body.get("transaction_id")), None)
        if sell is None:
            return Answer({"error": {"message": "No query results for model [App\\Transaction]."}}, 404)
        lines = {line["id"]: line for line in sell["sell_lines"]}
        try:
            wanted = [(lines[each["sell_line_id"]], money(each["quantity"]), each) for each in body["products"]]
            worth = sum((quantity * money(each["unit_price_inc_tax"]) for _, quantity, each in wanted), Decimal(0))
        except (KeyError, TypeError) as error:
            return Answer({"error": {"message": f"Undefined index: {error}", "status_code": 500}}, 500)
        for line, quantity, _ in wanted:
            back = quantity - Decimal(line["quantity_returned"])
            line["quantity_returned"] = four(quantity)
            self.move(self.variations[line["variation_id"]], sell["location_id"], back)
        at, number = self.stamp(), self.number()
        kept = self.returns.get(sell["id"], {"id": number, "invoice_no": f"CN{at[:4]}/{number:04}", "created_at": at})
        discount = float(money(body.get("discount_amount") or 0))
        self.returns[sell["id"]] = row = {
            **shapes.EMPTY, **shapes.ONLY_IN_RETURNS, "id": kept["id"], "location_id": sell["location_id"],
            "type": "sell_return", "status": "final", "payment_status": "paid", "contact_id": sell["contact_id"],
            "invoice_no": kept["invoice_no"], "ref_no": None,
            "transaction_date": moment(body.get("transaction_date")) or at, "total_before_tax": float(worth),
            "tax_amount": 0, "discount_type": body.get("discount_type") or "percentage", "discount_amount": discount,
            "shipping_charges": "0.0000", "final_total": float(worth) - discount, "return_parent_id": sell["id"],
            "created_at": kept["created_at"], "updated_at": at,
        }  # fmt: skip
        return Answer(row)

    # The control.

    def sell(self, lines: list[Row], order: Row) -> Row:
        """At the till of the shop."""
        products = [
            {
                "product_id": self.by_sku(line["sku"]).product.id, "variation_id": self.by_sku(line["sku"]).id,
                "quantity": line["quantity"], "unit_price": line.get("price", self.by_sku(line["sku"]).item.price),
            }
            for line in lines
        ]  # fmt: skip
        return self.book({"location_id": MAIN, "contact_id": 1, "products": products})

    def stock_is(self, sku: str, quantity: int) -> None:
        self.by_sku(sku).stock[MAIN] = Decimal(quantity)

    def state(self) -> Row:
        stock = {row.item.sku: float(row.stock[MAIN]) for row in self.variations.values() if MAIN in row.stock}
        return {"stock": stock, "sells": self.sells, "returns": list(self.returns.values()), "calls": self.calls}

    def sold(self) -> dict[int, Decimal]:
        """How many of each variation went."""
        sums: dict[int, Decimal] = {}
        for sell in self.sells:
            for line in sell["sell_lines"]:
                went = Decimal(str(line["quantity"])) - Decimal(line["quantity_returned"])
                sums[line["variation_id"]] = sums.get(line["variation_id"], Decimal(0)) + went
        return sums

    def stamp(self) -> str:
        """This moment as the ERP writes it."""
        return self.now().strftime("%Y-%m-%d %H:%M:%S")


def page_size(asked: Asked) -> int:
    """What is asked for, as far as it goes."""
    return min(max(whole(asked.query.get("per_page"), ROWS), 1), MOST_ROWS)


def whole(text: str | None, default: int) -> int:
    """The number in a query."""
    return int(text) if text and text.isascii() and text.isdigit() else default


def like(text: str | None) -> re.Pattern[str]:
    """MySQL's LIKE '%text%': it knows no case, and % and _ in the text are wild."""
    wild = {"%": ".*", "_": "."}
    return re.compile(f".*{''.join(wild.get(letter, re.escape(letter)) for letter in text or '')}.*", re.I | re.S)


def moment(text: Any) -> str | None:
    """A date of a body as it is stored. Raises ValueError."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S") if text else None
