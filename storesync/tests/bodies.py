"""Bodies that real stores and Prokip sent or publish. Only persons, domains and tokens in them are made up.

The raw ones hold the bytes as they came, signed with `SECRET`; their signatures stand in `webhook-headers.txt`.
"""

from storesync.tests.recorded import FOLDER
from storesync.values import parse

SECRET = "made-up-secret-for-tests"


def raw(name):
    """The bytes of a body, named as in `shopify/orders-create-test-button`."""
    return (FOLDER / f"{name}.json").read_bytes()


def recorded(name):
    return parse(raw(name))


def codes(order):
    return [problem.code for problem in order.problems]
