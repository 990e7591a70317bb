"""The OpenAPI document is valid and true: schemathesis tries to prove it a liar, and the server to fall over."""

import contextlib
import re

import pytest
import schemathesis
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis import checks as known_checks
from schemathesis.specs.openapi import checks as openapi_checks

from accounts.sessions.tokens import open_session
from core.api.document import FaceDocument
from core.api.faces import FACES, SHOP, face_at
from giggatek.tests.route_table import ROWS, skeleton
from giggatek.tests.world import bodies, own_ids

pytestmark = pytest.mark.django_db

EXAMPLES = 16
DOCUMENTS = [
    schemathesis.openapi.from_wsgi(f"{face.mounts[0]}/schema", get_wsgi_application()) for face in FACES.values()
]
OPERATIONS = [result.ok() for document in DOCUMENTS for result in document.get_all_operations()]
CHECKS = [
    known_checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
# Of what reads only, the ruling is that nonsense in a query may fall back to the default.
WRITING_CHECKS = [*CHECKS, openapi_checks.negative_data_rejection]
# Without shrinking: a failure is rare, and then its case is printed as it is.
QUICKLY = settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """The server's own entrance lets go of connections around each request; the test's transaction needs its own."""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: None)


@contextlib.contextmanager
def undone():
    """Whatever happens in here is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
def test_the_schema_is_valid_and_spectacular_has_nothing_to_warn_of(tmp_path, monkeypatch, face):
    monkeypatch.setattr(FaceDocument, "face", face)
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "schema.yaml"))


def test_the_docs_load_nothing_from_elsewhere(client):
    page = client.get("/api/docs").content.decode()
    loaded = re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?([^"'\s>)]+)""", page)
    assets = [link for link in loaded if link.startswith("/static/")]
    assert assets
    assert [link for link in loaded if re.match(r"(https?:)?//", link)] == []
    assert {client.get(asset).status_code for asset in assets} == {200}


BODIES = {
    (row.method, skeleton(row.path)): row.body for row in ROWS if row.body != "-" and not row.body.endswith("event")
}


def good_body(world, operation):
    """The body of the route table for this operation, if it has one."""
    name = BODIES.get((operation.method.upper(), skeleton(operation.path)))
    return {"body": bodies(world)[name], "media_type": "application/json"} if name else {}


def ids_of_row(world, path):
    """What the route table puts into this path, under the document's names."""
    row = next(row for row in ROWS if skeleton(row.path) == skeleton(path))
    of_world = (getattr(world, name) for name in re.findall(r"{(\w+)}", row.path))
    return dict(zip(re.findall(r"{(\w+)}", path), (getattr(one, "pk", one) for one in of_world), strict=True))


def cases(operation, world, role):
    """Requests: good ones about things that exist, wild ones about these, wild ones, and bad ones."""
    is_of_shop = face_at(operation.path) is SHOP
    ids = own_ids(world, role, operation.path) if is_of_shop else ids_of_row(world, operation.path)
    there = {parameter.name: ids[parameter.name] for parameter in operation.path_parameters} or None
    return st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE, path_parameters=there, **good_body(world, operation)),
        operation.as_strategy(GenerationMode.POSITIVE, path_parameters=there),
        operation.as_strategy(GenerationMode.POSITIVE),
        operation.as_strategy(GenerationMode.NEGATIVE),
    )


@pytest.mark.parametrize("role", ["owner", "admin"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_gets_an_answer_that_the_schema_does_not_declare(world, operation, role):
    face = face_at(operation.path).name
    headers = {"Authorization": f"Bearer {open_session(user=getattr(world, role), face=face).access}"}
    checks = CHECKS if operation.method.upper() == "GET" else WRITING_CHECKS
    if operation.path.endswith("/auth/google"):  # 503 is its answer where Google is not configured, as here
        checks = [check for check in checks if check is not known_checks.not_a_server_error]

    @seed(20261121)
    @QUICKLY
    @given(case=cases(operation, world, role))
    def attempt(case):
        with undone():
            case.call_and_validate(headers=headers, checks=checks)

    attempt()
