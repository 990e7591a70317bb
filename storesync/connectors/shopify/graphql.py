"""Calls of Shopify's Admin API, and its bulk queries. https://shopify.dev/docs/api/admin-graphql"""

import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings

from storesync import values, wire
from storesync.connectors import budget
from storesync.connectors.budget import Meter
from storesync.connectors.shopify.oauth import access_token
from storesync.values import members, money, text

Row = dict[str, Any]

PAGE = 100
OF_A_MUTATION = 10  # points
# Of a single query, https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
MOST_POINTS = 1000
# Seconds before each look at a bulk query; it ran for six minutes then, and is left to the next run.
POLLS = (0.5, 1, 2, 4, 8, 15, 30, 60, 60, 60, 60, 60)
POLL = """query($id: ID!) { bulkOperation(id: $id) { status url } }"""
RUN = """
mutation($query: String!, $group: Boolean!) {
  bulkOperationRunQuery(query: $query, groupObjects: $group) { bulkOperation { id } userErrors { field message } }
}
"""


class Api:
    """The Admin API of one shop."""

    def __init__(self, meter: Meter) -> None:
        self.meter, self.connection = meter, meter.connection

    def ask(self, query: str, variables: Row | None = None, *, cost: int) -> Row:
        """The `data` of the answer; `cost` is the most that it costs, in points. Raises CallFailed."""
        body = {"query": query, "variables": variables or {}}
        return self.meter.call(lambda: self.asked(body, cost), cost=cost)

    def asked(self, body: Row, cost: int) -> Row:
        token = access_token(self.connection)
        path = f"/admin/api/{settings.SHOPIFY_API_VERSION}/graphql.json"
        url = wire.place(f"https://{self.connection.address}{path}", mock=settings.MOCK_SHOPIFY_URL)
        answer = wire.call("POST", url, headers={"X-Shopify-Access-Token": token}, body=body, secrets=(token,)).body
        if not isinstance(answer, dict):
            raise wire.BadAnswer
        wait = self.learned(answer, cost)
        if answer.get("errors"):
            raise failure(answer["errors"], wait)
        if not isinstance(answer.get("data"), dict):
            raise wire.BadAnswer
        return dict(answer["data"])

    def learned(self, answer: Row, cost: int) -> int:
        """Write down what the answer tells of the bucket; the seconds until a call like this one fits in."""
        told = within(answer, "extensions", "cost")
        status = within(told, "throttleStatus")
        left, most = money(status.get("currentlyAvailable")), money(status.get("maximumAvailable"))
        rate, actual = money(status.get("restoreRate")), money(told.get("actualQueryCost"))
        if left is None or not most or not rate or rate < 0 or most < 0:
            return wire.WAIT
        spared = cost - int(actual or 0)
        budget.learn(self.connection, left=left, most=most, a_second=rate, spared=spared)
        missing = (money(told.get("requestedQueryCost")) or Decimal(cost)) - left
        return max(int(missing / rate), 0) + 1

    def change(self, query: str, variables: Row, field: str, *, cost: int = OF_A_MUTATION) -> Row:
        """The payload of a mutation. Raises Rejected for its userErrors."""
        payload = within(self.ask(query, variables, cost=cost), field)
        if errors := members(payload.get("userErrors")):
            raise wire.Rejected(" ".join(text(each.get("message")) for each in errors))
        return payload

    def pages(self, query: str, variables: Row, field: str, *, cost: int) -> Iterator[tuple[Row, list[Row]]]:
        """The data of each page, and the nodes of its connection `field`; the query takes `$after`."""
        after = None
        while True:
            data = self.ask(query, {**variables, "after": after}, cost=cost)
            connection = within(data, field)
            yield data, members(connection.get("nodes"))
            info = within(connection, "pageInfo")
            if info.get("hasNextPage") is not True or info.get("endCursor") in (None, after):
                return
            after = info["endCursor"]

    def bulk(self, query: str, *, group: bool = False) -> Iterator[Row]:
        """The objects of a query over all of a shop, as lines of a file; costs next to nothing, and takes seconds.

        With `group` the children of an object follow it at once. Raises CallFailed.
        """
        run = self.change(RUN, {"query": query, "group": group}, "bulkOperationRunQuery")
        url = self.finished(within(run, "bulkOperation").get("id"))
        if not url:
            return
        with tempfile.TemporaryFile() as file:
            address = wire.place(url, mock=settings.MOCK_SHOPIFY_URL)
            self.meter.calls += 1
            wire.download(address, file)
            file.seek(0)
            for line in file:
                yield parsed(line)

    def finished(self, operation: Any) -> str | None:
        """Where the file of a bulk query is once it is ready; None where nothing was found."""
        for pause in POLLS:
            time.sleep(pause)
            found = within(self.ask(POLL, {"id": operation}, cost=1), "bulkOperation")
            if found.get("status") == "COMPLETED":
                return found.get("url")
            if found.get("status") not in ("CREATED", "RUNNING"):
                raise wire.Unreachable
        raise wire.Unreachable


def failure(errors: Any, wait: int) -> wire.CallFailed:
    """What the `errors` of an answer mean; they come with HTTP status 200."""
    rows = members(errors)
    codes = {text(within(row, "extensions").get("code")) for row in rows}
    if "THROTTLED" in codes:
        return wire.Throttled(retry_after=wait)
    if "ACCESS_DENIED" in codes:
        return wire.RefusedCredentials("The app lacks a permission. Connect the shop again.")
    if "INTERNAL_SERVER_ERROR" in codes or "TIMEOUT" in codes:
        return wire.Unreachable()
    return wire.Rejected(" ".join(text(row.get("message")) for row in rows) or None)


def parsed(line: bytes) -> Row:
    """An object of a bulk query's file. Raises BadAnswer."""
    try:
        row = values.parse(line)
    except values.Unreadable:
        raise wire.BadAnswer from None
    if not isinstance(row, dict):
        raise wire.BadAnswer
    return row


def within(value: Any, *names: str) -> Row:
    """The object at this path; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def gid(kind: str, number: str) -> str:
    return f"gid://shopify/{kind}/{number}"


def number_of(node: Row) -> str:
    """The digits of an object's id."""
    return text(node.get("id")).rpartition("/")[2]
