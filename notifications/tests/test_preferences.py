"""What a user refused does not reach them; what law and contract require does."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.tests.factories import ManagerFactory, UserFactory
from core.testing.client import ApiClient
from core.testing.races import race
from notifications.mails.base import MAILS
from notifications.mails.preview import markdown_table
from notifications.models import Email, Notice, OptOut
from notifications.tests.factories import MAIL_ONLY, OPTIONAL, REQUIRED, STAFF_ONLY, write_to
from orders.tests.shop import make_order

pytestmark = pytest.mark.django_db

PATH = "notifications/preferences"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "notifications.md"


@pytest.fixture
def mine(api, user):
    return api.login_as(user)


def put(api, switches):
    return api.put(PATH, {"preferences": switches})


def test_by_default_everything_is_on_and_no_row_is_needed(mine):
    answer = mine.get(PATH).json()
    assert {on for channels in answer["preferences"].values() for on in channels.values()} == {True}
    assert not OptOut.objects.exists()
    kinds = {kind["kind"]: kind for kind in answer["kinds"]}
    assert (
        set(kinds)
        == set(answer["preferences"])
        == {kind for kind, mail in MAILS.items() if mail.group.name != "staff"}
    )
    assert (kinds[OPTIONAL]["channels"], kinds[OPTIONAL]["required"]) == (["email", "in_app"], [])
    assert (kinds[REQUIRED]["channels"], kinds[REQUIRED]["required"]) == (["email", "in_app"], ["email"])
    assert kinds[MAIL_ONLY]["channels"] == ["email"]


def test_the_groups_have_names_in_the_readers_language(mine):
    def labels(one):
        return {kind["group"]: kind["group_label"] for kind in one.get(PATH).json()["kinds"]}

    english, spanish = labels(mine), labels(ApiClient().login_as(UserFactory(language="es")))
    assert english["orders"] == "Your orders"
    assert english.keys() == spanish.keys()
    assert not set(english.values()) & set(spanish.values())


def test_a_change_touches_what_it_names_and_nothing_else(mine):
    put(mine, {OPTIONAL: {"email": False, "in_app": False}})
    answer = put(mine, {OPTIONAL: {"in_app": True}, REQUIRED: {"in_app": False}})
    assert answer.status_code == 200
    switches = answer.json()["preferences"]
    assert switches[OPTIONAL] == {"email": False, "in_app": True}
    assert switches[REQUIRED] == {"email": True, "in_app": False}
    assert mine.get(PATH).json()["preferences"] == switches
    assert OptOut.objects.count() == 2


def test_what_was_read_can_be_sent_back(mine):
    put(mine, {OPTIONAL: {"email": False}})
    before = mine.get(PATH).json()["preferences"]
    assert put(mine, before).json()["preferences"] == before
    assert OptOut.objects.count() == 1


def test_what_is_required_cannot_be_switched_off_and_then_nothing_is_changed(mine):
    answer = put(mine, {OPTIONAL: {"email": False}, REQUIRED: {"email": False}})
    assert (answer.status_code, answer.json()["code"]) == (400, "notification_required")
    assert list(answer.json()["details"]) == [f"preferences.{REQUIRED}.email"]
    assert REQUIRED in answer.json()["error"]
    assert not OptOut.objects.exists()


@pytest.mark.parametrize(
    ("switches", "field"),
    [
        ({"nonsense": {"email": False}}, "preferences.nonsense"),
        ({STAFF_ONLY: {"email": False}}, f"preferences.{STAFF_ONLY}"),
        ({MAIL_ONLY: {"in_app": False}}, f"preferences.{MAIL_ONLY}.in_app"),
        ({OPTIONAL: {"sms": False}}, f"preferences.{OPTIONAL}.sms"),
        ({OPTIONAL: {"email": "no"}}, f"preferences.{OPTIONAL}.email"),
        ({OPTIONAL: {"email": None}}, f"preferences.{OPTIONAL}.email"),
        ({OPTIONAL: False}, f"preferences.{OPTIONAL}"),
        ([], "preferences"),
        (None, "preferences"),
    ],
)
def test_a_wrong_field_is_named(mine, switches, field):
    answer = put(mine, switches)
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == [field]
    assert not OptOut.objects.exists()


def test_staff_choose_their_own_kinds_too(api):
    mine = api.login_as(ManagerFactory())
    assert STAFF_ONLY in mine.get(PATH).json()["preferences"]
    assert put(mine, {STAFF_ONLY: {"email": True}}).status_code == 200


def test_the_alias_and_the_wishes_of_others(mine, user):
    put(mine, {OPTIONAL: {"email": False}})
    assert mine.get("user/notifications/preferences").json() == mine.get(PATH).json()
    other = ApiClient().login_as(UserFactory())
    assert other.get(PATH).json()["preferences"][OPTIONAL] == {"email": True, "in_app": True}
    put(other, {OPTIONAL: {"email": True}})
    assert OptOut.objects.get().user == user


@pytest.mark.parametrize(
    ("refused", "mails", "notices"),
    [((), 1, 1), (("email",), 0, 1), (("in_app",), 1, 0), (("email", "in_app"), 0, 0)],
)
def test_what_was_refused_does_not_come(mine, user, refused, mails, notices):
    put(mine, {OPTIONAL: dict.fromkeys(refused, False)})
    write_to(user)
    write_to(UserFactory())
    assert Email.objects.filter(user=user).count() == mails
    assert Notice.objects.filter(user=user).count() == notices
    assert Email.objects.exclude(user=user).count() == 1


def test_an_order_tells_what_its_owner_wants_to_hear(mine, user):
    put(mine, {"order_status": {"email": False}, "order_confirmation": {"in_app": False}})
    order = make_order(user=user)
    order.move_to("processing", by=None)
    assert [email.kind for email in Email.objects.filter(user=user)] == ["order_confirmation"]
    assert [notice.kind for notice in Notice.objects.filter(user=user)] == ["order_status"]


def test_what_is_wanted_again_comes_again(mine, user):
    put(mine, {OPTIONAL: {"email": False}})
    write_to(user, event="event:1")
    put(mine, {OPTIONAL: {"email": True}})
    write_to(user, event="event:2")
    assert Email.objects.get().event == "event:2"


def test_a_required_mail_goes_out_whatever_an_old_row_says(mine, user):
    """A kind may become required after a user refused it."""
    OptOut.objects.create(user=user, kind=REQUIRED, channel="email")
    write_to(user, kind=REQUIRED)
    assert Email.objects.get().user == user
    assert mine.get(PATH).json()["preferences"][REQUIRED]["email"] is True


def test_a_row_about_a_channel_that_a_kind_has_not_means_nothing(mine, user):
    OptOut.objects.create(user=user, kind=MAIL_ONLY, channel="in_app")
    OptOut.objects.create(user=user, kind="a_kind_of_old", channel="email")
    write_to(user, kind=MAIL_ONLY)
    assert Email.objects.exists()
    assert "a_kind_of_old" not in mine.get(PATH).json()["preferences"]


def test_the_database_knows_one_row_of_known_channels(user):
    OptOut.objects.create(user=user, kind=OPTIONAL, channel="email")
    for channel in ("email", "pigeon"):
        with pytest.raises(IntegrityError), transaction.atomic():
            OptOut.objects.create(user=user, kind=OPTIONAL, channel=channel)


def test_staff_see_on_the_customers_page_what_was_switched_off(client, user):
    client.force_login(ManagerFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:accounts_user_change", args=[user.pk])
    headline = "Mails and notices that the customer switched off"
    assert headline not in client.get(page).content.decode()
    OptOut.objects.create(user=user, kind=OPTIONAL, channel="in_app")
    shown = client.get(page).content.decode()
    assert headline in shown
    assert OPTIONAL.replace("_", " ").capitalize() in shown


def test_the_document_has_the_table_of_the_mails():
    """After a change: manage.py preview_emails --table"""
    assert f"\n{markdown_table()}\n" in DOCUMENT.read_text()


def test_reading_costs_one_query_beside_the_session(mine, user, django_assert_num_queries):
    OptOut.objects.create(user=user, kind=OPTIONAL, channel="email")
    with django_assert_num_queries(2):
        mine.get(PATH)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_leave_one_row_and_no_error():
    user = UserFactory()
    clients = [ApiClient().login_as(user) for _ in range(4)]
    for turn in range(10):
        is_on = bool(turn % 2)
        jobs = [lambda one=one, on=is_on: put(one, {OPTIONAL: {"email": on, "in_app": on}}) for one in clients]
        assert [answer.status_code for answer in race(jobs)] == [200] * 4
        assert OptOut.objects.count() == (0 if is_on else 2)
    mixed = [
        lambda one=one, on=bool(place % 2): put(one, {OPTIONAL: {"email": on, "in_app": on}})
        for place, one in enumerate(clients)
    ]
    for _ in range(5):
        assert [answer.status_code for answer in race(mixed)] == [200] * 4
        assert OptOut.objects.filter(channel="email").count() <= 1
