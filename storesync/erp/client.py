"""Prokip (UltimatePOS with its connector) over HTTP."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from django.conf import settings

from storesync import values, wire
from storesync.erp.records import ErpLocation, ErpProduct, ErpSaleRecord, number, products_in, sale_in
from storesync.models import ErpConfig
from storesync.values import members, text

T = TypeVar("T")
Row = dict[str, Any]

ROOT = "/connector/api/"
PAGE = 500
MOST_PAGES = 10_000  # of one list: an address that leads in a circle ends, too
TRIES, LONGEST_NAP = 3, 30  # of a call that was put off, and seconds between two
# This one word asks for what the ERP's own WooCommerce module imported; ours is not found by it.
NOT_A_SOURCE = "woocommerce"


class Prokip:
    """One user's ERP. Every method calls it, and raises a `storesync.wire.CallFailed`. `calls` counts them.

    No call begins after `ends_at`, a moment of `time.monotonic()`. `before_each` try of a call it may raise.
    """

    def __init__(
        self,
        *,
        address: str,
        token: str,
        location_id: int,
        ends_at: float | None = None,
        before_each: Callable[[], None] = lambda: None,
    ) -> None:
        self.address, self.token, self.location_id = address.rstrip("/"), token, location_id
        self.ends_at, self.before_each, self.calls = ends_at, before_each, 0

    @classmethod
    def of(cls, erp: ErpConfig, **more: Any) -> "Prokip":
        return cls(address=erp.address, token=erp.token, location_id=erp.location_id, **more)

    def check(self) -> list[ErpLocation]:
        """Its locations, once it answered to the token. Raises Rejected where ours is none of them."""
        rows = members(data_in(self.call("GET", "business-location")))
        found = [
            ErpLocation(number(row.get("id")), text(row.get("name")), number(row.get("business_id"))) for row in rows
        ]
        if self.location_id not in {location.id for location in found}:
            raise wire.Rejected("The ERP has no such location.")
        return found

    def has_contact(self, contact_id: int) -> bool:
        """Whether there is a contact with this id; also where the token may not look at contacts."""
        try:
            rows = data_in(self.call("GET", f"contactapi/{contact_id}"))
        except (wire.Rejected, wire.RefusedCredentials):
            return True
        return contact_id in {number(row.get("id")) for row in members(rows)}

    def products(self) -> Iterator[ErpProduct]:
        """Every variation, with its stock at our location."""
        for row in self.rows("product"):
            yield from products_in(row, self.location_id)

    def find_sku(self, sku: str) -> list[ErpProduct]:
        """The variations with just this SKU; the ERP itself looks for all that contain it, in any case."""
        rows = self.rows("product", sku=sku)
        return [found for row in rows for found in products_in(row, self.location_id) if found.sku == sku]

    def sell(self, sale: Row) -> ErpSaleRecord:
        """Book a sale. The ERP books it again when it is asked again: after Unreachable, look for it first."""
        return read(one_in(self.call("POST", "sell", body={"sells": [sale]})))

    def find_sale(self, invoice_number: str, *, day: date, source: str = "") -> ErpSaleRecord | None:
        """The first sale of that day (in the shop's time) with this invoice number."""
        query = {"start_date": f"{day:%Y-%m-%d}", "end_date": f"{day:%Y-%m-%d}"}
        if source and source != NOT_A_SOURCE:
            query["source"] = source
        found = [row for row in self.rows("sell", **query) if row.get("invoice_no") == invoice_number]
        return min(map(read, found), key=lambda sale: sale.id, default=None)

    def sale(self, sale_id: int) -> ErpSaleRecord | None:
        """A sale with its lines; None where there is none with this id."""
        rows = members(data_in(self.call("GET", f"sell/{sale_id}")))
        return next((sale for sale in map(read, rows) if sale.id == sale_id), None)

    def give_back(self, body: Row) -> None:
        """Set how many pieces of a sale's lines came back in all. Asked again, it does nothing more."""
        one_in(self.call("POST", "sell-return", body=body))

    def rows(self, path: str, **query: Any) -> Iterator[Row]:
        """All pages of a list. The addresses of pages in its answers are not followed, only believed to be there."""
        for page in range(1, MOST_PAGES + 1):
            body = self.call("GET", path, query={**query, "per_page": PAGE, "page": page})
            rows = members(data_in(body))
            yield from rows
            links = body.get("links") if isinstance(body, dict) else None
            if not rows or not isinstance(links, dict) or not links.get("next"):
                return

    def call(self, method: str, path: str, *, query: Row | None = None, body: Any = None) -> Any:
        """The body of the answer. Raises CallFailed, also for an error in an answer of status 200."""
        url = wire.place(f"{self.address}{ROOT}{path}", mock=settings.MOCK_PROKIP_URL)
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.in_turn(
            lambda: wire.call(method, url, headers=headers, query=query, body=body, secrets=(self.token,)).body
        )
        if isinstance(answer, dict) and answer.get("error"):
            raise wire.Rejected(wire.words_in(answer, (self.token,)))
        return answer

    def in_turn(self, function: Callable[[], T]) -> T:
        """What `function` returns, tried again a few times while the ERP asks to wait a moment."""
        for _ in range(TRIES - 1):
            try:
                return self.tried(function)
            except wire.Throttled as put_off:
                if (put_off.retry_after or 0) > LONGEST_NAP:
                    raise
                time.sleep(put_off.retry_after or 1)
        return self.tried(function)

    def tried(self, function: Callable[[], T]) -> T:
        wire.in_time(self.ends_at)
        self.before_each()
        self.calls += 1
        return function()


def data_in(body: Any) -> list[Any]:
    """The rows of a list. Raises BadAnswer."""
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise wire.BadAnswer
    return rows


def one_in(body: Any) -> Row:
    """The one object of an answer, which comes as `[object]`, `{"data": [object]}`, `{"data": object}` or itself.

    Raises Rejected for an error in its place, BadAnswer where there is none.
    """
    found = body.get("data", body) if isinstance(body, dict) else body
    if isinstance(found, list):
        found = found[0] if len(found) == 1 else None
    if not isinstance(found, dict):
        raise wire.BadAnswer
    original = found.get("original")
    if isinstance(original, dict) and original.get("error"):
        raise wire.Rejected(wire.words_in(original, ()))
    return found


def read(row: Row) -> ErpSaleRecord:
    """Raises BadAnswer."""
    try:
        return sale_in(row)
    except values.Unreadable:
        raise wire.BadAnswer from None
