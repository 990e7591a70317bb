"""A customer has one of their own mails sent again, a few times an hour, and no dead link."""

import pytest
from django.core import mail

from accounts.tests.factories import AdminFactory, UserFactory
from core.testing.client import ApiClient
from core.testing.races import race
from notifications.models import SECRET_MARK, Email, Suppression
from notifications.outbox.sending import deliver
from notifications.outbox.suppressions import stop
from notifications.tests.factories import EmailFactory, write_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(api, user):
    return api.login_as(user)


def sent_mail(user, **values):
    return EmailFactory(user=user, recipient=user.email, status=Email.Status.SENT, **values)


def resend(api, email):
    return api.post(f"notifications/emails/{email.pk}/resend")


def test_the_list_shows_ones_own_mails_without_their_texts(mine, user):
    first, second = sent_mail(user), sent_mail(user)
    sent_mail(UserFactory())
    answer = mine.get("notifications/emails").json()
    assert [email["id"] for email in answer["emails"]] == [second.pk, first.pk]
    assert set(answer["emails"][0]) == {"id", "kind", "subject", "recipient", "status", "created_at", "sent_at"}
    assert answer["pagination"]["total"] == 2
    assert mine.get("user/notifications/emails").json() == answer


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_two_queries_beside_the_session(mine, user, number, django_assert_num_queries):
    for _ in range(number):
        sent_mail(user)
    with django_assert_num_queries(3):
        mine.get("notifications/emails")


def test_a_sent_mail_goes_again_to_the_same_address(mine, user):
    email = sent_mail(user)
    answer = resend(mine, email)
    assert (answer.status_code, answer.json()["email"]["status"]) == (202, "queued")
    again = Email.objects.get(pk=answer.json()["email"]["id"])
    deliver(email=again)
    assert [(m.to, m.subject) for m in mail.outbox] == [([user.email], email.subject)]
    assert (again.resent_from, again.resent_by) == (email, user)


def test_it_goes_even_if_such_mails_are_refused_by_now(mine, user):
    write_to(user)
    deliver(email=Email.objects.get())
    email = Email.objects.get()
    mine.put("notifications/preferences", {"preferences": {email.kind: {"email": False}}})
    assert resend(mine, email).status_code == 202
    assert Email.objects.filter(status="queued").count() == 1


@pytest.mark.parametrize("times", [2, 3])
def test_what_is_on_its_way_already_is_not_sent_twice(mine, user, times):
    email = sent_mail(user)
    answers = [resend(mine, email) for _ in range(times)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["email"]["id"] for answer in answers}) == 1
    assert Email.objects.count() == 2


def test_a_mail_that_waits_for_its_first_time_is_named_as_it_is(mine, user):
    email = EmailFactory(user=user)
    assert resend(mine, email).json()["email"]["id"] == email.pk
    assert Email.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": f"?token={SECRET_MARK}"}, "email_has_single_use_link"),
        ({"text": "", "html": ""}, "email_body_gone"),
    ],
)
def test_a_dead_link_and_an_empty_mail_are_refused(mine, user, values, code):
    email = sent_mail(user, **values)
    answer = resend(mine, email)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert Email.objects.count() == 1


def test_nothing_goes_to_a_stopped_address(mine, user):
    email = sent_mail(user)
    stop(address=user.email, reason=Suppression.Reason.BOUNCE, detail="550 no such user", email=email)
    answer = resend(mine, email)
    assert (answer.status_code, answer.json()["code"]) == (400, "email_not_sendable")
    assert "stopped" in answer.json()["error"]


def test_a_real_reset_mail_is_refused(mine, user):
    write_to(user, kind="password_reset")
    deliver(email=Email.objects.get())
    assert resend(mine, Email.objects.get()).json()["code"] == "email_has_single_use_link"


@pytest.mark.parametrize("reader", [UserFactory, AdminFactory])
def test_somebody_elses_mail_is_not_there(api, user, reader):
    email = sent_mail(user)
    api.login_as(reader())
    foreign, missing = resend(api, email), api.post("notifications/emails/999999/resend")
    assert (foreign.status_code, foreign.json()) == (404, missing.json())
    assert Email.objects.count() == 1


def test_it_is_for_a_few_times_an_hour(mine, user, settings):
    settings.API_THROTTLE_RESEND = "2/hour"
    email = sent_mail(user)
    answers = [resend(mine, email) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 3601
    other = UserFactory()
    assert resend(ApiClient().login_as(other), sent_mail(other)).status_code == 202


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_wishes_at_once_send_one_mail():
    user = UserFactory()
    clients = [ApiClient().login_as(user) for _ in range(3)]
    for turn in range(1, 6):
        email = sent_mail(user)
        answers = race([lambda one=one, email=email: resend(one, email) for one in clients])
        assert [answer.status_code for answer in answers] == [202] * 3
        assert len({answer.json()["email"]["id"] for answer in answers}) == 1
        assert Email.objects.count() == 2 * turn
