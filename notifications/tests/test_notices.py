"""News in the app: one notice per event, its user's alone, and counted right."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.tests.factories import AdminFactory, UserFactory
from core.testing.client import ApiClient
from core.testing.races import race
from notifications.in_app.notices import BODY_LENGTH
from notifications.mails.base import MAILS
from notifications.mails.brands import brand_of
from notifications.mails.rendering import render
from notifications.models import SECRET_MARK, Email, Notice
from notifications.outbox import queueing, resending
from notifications.tests.factories import CONTEXTS, MAIL_ONLY, OPTIONAL, write_to

IN_APP = [kind for kind, mail in MAILS.items() if mail.in_app]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(NOON)]


@pytest.fixture
def mine(api, user):
    return api.login_as(user)


def notices_for(user, number):
    return [Notice.objects.create(user=user, kind=OPTIONAL, event=f"event:{n}", title=f"N{n}") for n in range(number)]


@pytest.mark.parametrize("kind", IN_APP)
def test_a_notice_says_in_a_line_what_the_mail_says(user, kind):
    write_to(user, kind=kind)
    notice, email = Notice.objects.get(), Email.objects.get()
    assert (notice.user, notice.kind, notice.event) == (user, kind, email.event)
    assert notice.title == email.subject == render(kind=kind, face=notice.face, context=CONTEXTS[kind]).subject
    assert notice.body
    assert len(notice.body) <= BODY_LENGTH
    assert not set("{}<>\n") & set(notice.body)
    assert notice.face == MAILS[kind].face
    assert notice.link.startswith(f"{brand_of(notice.face).site_url}/")
    assert notice.read_at is None


def test_a_notice_speaks_its_readers_language():
    write_to(UserFactory())
    english = Notice.objects.get()
    write_to(UserFactory(language="es"))
    spanish = Notice.objects.exclude(pk=english.pk).get()
    assert spanish.title == Email.objects.get(user=spanish.user).subject != english.title
    assert spanish.body != english.body
    assert spanish.link == english.link


def test_no_kind_with_a_secret_comes_in_the_app():
    """A notice stays; a link that is good once and for an hour must not."""
    assert [kind for kind in IN_APP if SECRET_MARK in str(CONTEXTS[kind])] == []


def test_a_kind_that_comes_by_mail_alone_leaves_no_notice(user):
    write_to(user, kind=MAIL_ONLY)
    assert Email.objects.count() == 1
    assert not Notice.objects.exists()


def test_markup_is_text_in_a_notice_and_has_no_entities(user):
    write_to(user, kind="rental_returned", product="<b>ThinkPad</b> & 'dock'")
    assert "&amp;" not in Notice.objects.get().body
    assert "&#x27;" not in Notice.objects.get().body


def test_one_event_is_told_once_and_each_user_is_told(user):
    other = UserFactory()
    for event in ("event:1", "event:1", "event:2"):
        write_to(user, event=event)
    write_to(other, event="event:1")
    assert Notice.objects.filter(user=user).count() == 2
    assert Notice.objects.filter(user=other).count() == 1


def test_rolled_back_means_never(user):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write_to(user)
        raise ZeroDivisionError
    assert not Notice.objects.exists()


def test_a_mail_that_cannot_be_rendered_tells_nothing_until_it_can(user, monkeypatch):
    def fail(**_):
        raise LookupError("price")

    with monkeypatch.context() as patch:
        patch.setattr(queueing, "render", fail)
        write_to(user)
    assert not Notice.objects.exists()
    resending.send_again(email=Email.objects.get(), by=None)
    assert Notice.objects.get().title == Email.objects.get().subject


def test_the_list_is_newest_first_in_pages_with_the_number_of_unread(mine, user):
    first, second, third = notices_for(user, 3)
    notices_for(UserFactory(), 2)
    assert mine.put(f"notifications/{second.pk}/read").status_code == 200
    answer = mine.get("notifications", {"per_page": 2}).json()
    assert [one["id"] for one in answer["notifications"]] == [third.pk, second.pk]
    assert answer["pagination"] == {"total": 3, "page": 1, "per_page": 2, "total_pages": 2}
    assert answer["unread_count"] == 2
    assert (answer["notifications"][1]["read"], answer["notifications"][1]["read_at"]) == (
        True,
        "2026-03-01T12:00:00Z",
    )
    unread = mine.get("notifications", {"unread": "true"}).json()
    assert [one["id"] for one in unread["notifications"]] == [third.pk, first.pk]
    assert unread["pagination"]["total"] == unread["unread_count"] == 2
    assert mine.get("user/notifications").json() == mine.get("notifications", {"unread": "false"}).json()


def test_a_notice_shows_what_it_is_about(mine, user):
    write_to(user)
    notice = Notice.objects.get()
    (shown,) = mine.get("notifications").json()["notifications"]
    assert shown["kind"] == OPTIONAL
    assert (shown["title"], shown["message"], shown["link"]) == (notice.title, notice.body, notice.link)
    assert (shown["read"], shown["read_at"]) == (False, None)


def test_nonsense_for_unread_is_refused(mine):
    answer = mine.get("notifications", {"unread": "perhaps"})
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["unread"])


def test_reading_twice_keeps_the_first_moment(mine, user, clock):
    (notice,) = notices_for(user, 1)
    first = mine.put(f"notifications/{notice.pk}/read").json()
    clock.shift(60)
    again = mine.patch(f"user/notifications/{notice.pk}/read").json()
    assert first["notification"]["read_at"] == again["notification"]["read_at"] == "2026-03-01T12:00:00Z"
    assert first["unread_count"] == 0


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_all_can_be_read_at_once(mine, user, method, clock):
    read = notices_for(user, 3)[0]
    foreign = notices_for(UserFactory(), 1)[0]
    mine.put(f"notifications/{read.pk}/read")
    clock.shift(60)
    answers = [mine.generic(method, "notifications/read-all", {}).json() for _ in range(2)]
    assert [(answer["updated"], answer["unread_count"]) for answer in answers] == [(2, 0), (0, 0)]
    read.refresh_from_db()
    foreign.refresh_from_db()
    assert read.read_at == NOON
    assert foreign.read_at is None


@pytest.mark.parametrize("reader", [UserFactory, AdminFactory])
def test_somebody_elses_notice_is_not_there(api, user, reader):
    (notice,) = notices_for(user, 1)
    api.login_as(reader())
    foreign, missing = api.put(f"notifications/{notice.pk}/read"), api.put("notifications/999999/read")
    assert (foreign.status_code, foreign.json()) == (404, missing.json())
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_costs_three_queries_beside_the_session(mine, user, number, django_assert_num_queries):
    notices_for(user, number)
    with django_assert_num_queries(4):
        mine.get("notifications")


def test_the_plans_use_the_index_of_the_unread(user):
    plan = Notice.objects.visible_to(user, face="shop").unread().explain()
    assert "notice_unread" in plan


def test_a_kind_without_a_notice_costs_no_query_for_it(user, django_assert_num_queries):
    required = next(mail for mail in MAILS.values() if mail.required and not mail.in_app)
    with transaction.atomic(), django_assert_num_queries(4):
        write_to(user, kind=required.kind)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_all_who_read_at_once_succeed_and_count_each_notice_once():
    user = UserFactory()
    clients = [ApiClient().login_as(user) for _ in range(3)]
    for turn in range(5):
        notices = [
            Notice.objects.create(user=user, kind=OPTIONAL, event=f"event:{turn}:{n}", title="News") for n in range(5)
        ]
        path = f"notifications/{notices[0].pk}/read"
        jobs = [lambda one=one: one.put("notifications/read-all") for one in clients[:2]]
        answers = race([*jobs, lambda path=path: clients[2].put(path)])
        assert [answer.status_code for answer in answers] == [200] * 3
        assert sum(answer.json()["updated"] for answer in answers[:2]) in (4, 5)
        assert not Notice.objects.unread().exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_who_tell_of_one_event_at_once_leave_one_notice():
    user = UserFactory()
    for turn in range(10):
        jobs = [lambda event=f"event:{turn}": write_to(user, event=event)] * 3
        assert race(jobs) == [None] * 3
    assert Notice.objects.count() == Email.objects.count() == 10


def test_the_shop_and_the_box_office_show_notices_of_their_own(mine, user):
    write_to(user)
    write_to(user, kind="event_changed", event="event:2")
    assert [notice["kind"] for notice in mine.get("notifications").json()["notifications"]] == [OPTIONAL]
    box = mine.get("/events/api/v1/notifications").json()
    assert [notice["type"] for notice in box["notifications"]] == ["event_changed"]
    (pk,) = (notice["id"] for notice in box["data"]["items"])
    assert mine.patch(f"notifications/{pk}/read").status_code == 404
    read = mine.patch(f"/events/api/v1/notifications/{pk}/read").json()
    assert (read["is_read"], read["data"]["read"]) == (True, True)
    assert mine.post("/events/api/v1/notifications/read-all").json()["updated"] == 0
    assert mine.get("notifications", unread="true").json()["unread_count"] == 1
