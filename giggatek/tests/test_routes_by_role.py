"""Every route and method, asked by every role; and nothing is missing from the table."""

import re

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver
from django.views.generic import RedirectView

from core.api.faces import FACES, face_at
from core.api.unknown import UnknownRoute
from giggatek.tests.route_table import ROWS, skeleton
from giggatek.tests.world import ROLES, ask, bodies, client_for, out_of_form, path_for

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHORT_ADMIN_PATHS = ("products", "orders", "rentals", "customers", "reports", "settings")
API_ROWS = [row for row in ROWS if row.is_api]


def named(row):
    return f"{row.method} {row.path} {row.body}"


def status_for(world, row, role, path=None):
    """The status of one request; what it changed is undone."""
    with transaction.atomic():
        api = client_for(world, role, back_office=row.path.startswith("/admin/"))
        status = ask(api, row.method, path or path_for(world, row.path), bodies(world)[row.body]).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_each_role_gets_its_status(world, row):
    assert {role: status_for(world, row, role) for role in ROLES} == row.statuses


def under_each_mount(path):
    """The path, and where else its face has it."""
    face = face_at(path)
    below = face and path.removeprefix(face.mounts[0])
    return {path} if below in (None, path) else {f"{mount}{below}" for mount in face.mounts}


@pytest.mark.parametrize("row", API_ROWS, ids=named)
def test_a_slash_and_the_mount_change_nothing(world, row):
    mounted = under_each_mount(path_for(world, row.path))
    spellings = mounted | {f"{path}/" for path in mounted}
    answers = {spelling: status_for(world, row, row.best_role, spelling) for spelling in spellings}
    assert answers == dict.fromkeys(spellings, row.statuses[row.best_role])


@pytest.mark.parametrize("role", ["anonymous", "owner", "admin"])
def test_options_are_answered_everywhere(world, role):
    api = client_for(world, role)
    answers = {path: api.options(path_for(world, path)) for path in {row.path for row in API_ROWS}}
    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    shown = answers["/api/rentals/quote"].json()
    assert shown["parses"] == ["application/json"] and "actions" not in shown


def routes(patterns, prefix="/"):
    """(path, methods) of every pattern; the back office's own pages are Django's."""
    for pattern in patterns:
        path = prefix + re.sub(r"[\^$]|/\?", "", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield path, pattern.callback
        elif pattern.namespace != "admin":
            yield from routes(pattern.url_patterns, path)


def methods_of(view):
    """What a view answers: a viewset has its actions; a function that is no class answers GET."""
    if actions := getattr(view, "actions", None):
        return {method.upper() for method in actions} - {"HEAD"}
    cls = getattr(view, "cls", None) or getattr(view, "view_class", RedirectView)
    # Django's own answers every method; we use it to lead who opens an address to a page.
    return {"GET"} if cls is RedirectView else {method for method in METHODS if hasattr(cls, method.lower())}


def known_routes():
    return [
        (path, view)
        for path, view in routes(get_resolver().url_patterns)
        if getattr(view, "cls", None) is not UnknownRoute
        and not path.startswith("/admin/")
        and (face_at(path) is None or face_at(path).canonical(path) == path)
    ]


def test_no_route_or_method_is_missing_from_the_table():
    exists = {(method, skeleton(path)) for path, view in known_routes() for method in methods_of(view)}
    listed = {(row.method, skeleton(row.path)) for row in ROWS if not row.path.startswith("/admin/")}
    assert sorted(exists ^ listed) == []


@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
def test_the_routes_of_all_mounts_are_the_same_ones(face):
    paths = [path for path, _ in routes(get_resolver().url_patterns) if face_at(path) is face]
    first, *others = face.mounts
    here = [path for path in paths if path.startswith(f"{first}/") and path == face.canonical(path)]
    for mount in others:
        assert [face.canonical(path) for path in paths if path.startswith(f"{mount}/")] == here


def test_every_other_method_is_refused_in_the_contracts_shape(world):
    listed = {(row.method, skeleton(row.path)) for row in ROWS}
    admin, partner = client_for(world, "admin"), client_for(world, "owner")
    for path in {row.path for row in API_ROWS if "/health" not in row.path}:
        api = partner if path.startswith("/events/") else admin  # there, permission is asked before the method
        for method in METHODS:
            if (method, skeleton(path)) not in listed:
                answer = ask(api, method, path_for(world, path))
                assert (answer.status_code, out_of_form(answer)) == (405, ""), (method, path)


def test_lists_and_figures_are_ones_own(world):
    """The lists answer 200 to everybody, so what they hold is looked at: the owner's rows are in no other's."""
    for role in ("other", "manager", "admin"):
        api = client_for(world, role)
        assert {order["user_id"] for order in api.get("orders").json()["orders"]} <= {getattr(world, role).pk}
        assert api.get("orders/stats").json()["total_orders"] == (role == "other")
        assert world.address.pk not in [a["id"] for a in api.get("auth/addresses").json()["addresses"]]
        assert api.get("wishlist").json()["items"] == []
        assert {rental["user_id"] for rental in api.get("rentals").json()["rentals"]} <= {getattr(world, role).pk}
        assert api.get("rentals/stats").json()["total_rentals"] == (role == "other")
        assert world.notice.pk not in [n["id"] for n in api.get("notifications").json()["notifications"]]
        assert {mail["recipient"] for mail in api.get("notifications/emails").json()["emails"]} <= {
            getattr(world, role).email
        }
    assert len(client_for(world, "owner").get("orders").json()["orders"]) == 3
    assert len(client_for(world, "owner").get("rentals").json()["rentals"]) == 4
    assert client_for(world, "owner").get("notifications").json()["unread_count"] > 0
    assert client_for(world, "owner").get("notifications/emails").json()["emails"]


@pytest.mark.parametrize("path", SHORT_ADMIN_PATHS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_short_path_of_the_back_office_leads_staff_to_a_page_and_others_to_the_login(world, path, slash):
    url = f"/admin/{path}{slash}"
    for role in ("anonymous", "owner"):
        answer = client_for(world, role, back_office=True).get(url, follow=True)
        assert "/admin/login/" in answer.redirect_chain[-1][0], role
    for role in ("manager", "admin"):
        answer = client_for(world, role, back_office=True).get(url, follow=True)
        assert answer.status_code == 200, role
        assert answer.request["PATH_INFO"].startswith("/admin/")
        assert "/login/" not in answer.request["PATH_INFO"]
