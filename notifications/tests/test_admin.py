"""The outbox in the back office: who sees it, what it hides, and sending again."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import MANAGER_APPS
from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from notifications.models import SECRET_MARK, Email
from notifications.tests.factories import EmailFactory
from rentals.models import ContractDocument
from rentals.tests.factories import make_rental

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_email_changelist")


def page(name, email):
    return reverse(f"admin:notifications_email_{name}", args=[email.pk])


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def manager():
    return client_of(ManagerFactory())


@pytest.fixture
def failed():
    return EmailFactory(status=Email.Status.FAILED, attempts=6, last_error="SMTPServerDisconnected: gone")


@pytest.fixture
def reset():
    link = f"https://shop.example.com/reset-password?token={SECRET_MARK}"
    return EmailFactory(kind="password_reset", text=link, html=f"<a href='{link}'>", secret="t0ps3cret")


def test_staff_find_a_mail_by_its_recipient(manager):
    EmailFactory(recipient="ada@example.com", subject="To Ada")
    EmailFactory(recipient="eve@example.com", subject="To Eve")
    found = manager.get(LIST, {"q": "ada@"}).content.decode()
    assert "To Ada" in found
    assert "To Eve" not in found


def test_staff_read_a_mail_and_its_error(manager, failed):
    shown = manager.get(page("change", failed)).content.decode()
    assert "SMTPServerDisconnected: gone" in shown
    assert "The text" in shown
    assert page("html", failed) in shown


@pytest.mark.parametrize("client", [Client(), None])
def test_nobody_else_sees_a_mail(client, failed):
    client = client or client_of(UserFactory())
    for url in (LIST, page("change", failed), page("html", failed)):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "/login" in answer["Location"]
    assert client.post(page("send-again", failed)).status_code == 302
    failed.refresh_from_db()
    assert failed.status == Email.Status.FAILED


def test_a_mail_can_do_nothing_in_the_browser_of_staff(manager):
    evil = EmailFactory(html="<script>alert(1)</script>", text="<script>alert(2)</script>")
    answer = manager.get(page("html", evil))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer["Cache-Control"]
    shown = manager.get(page("change", evil)).content.decode()
    assert 'sandbox=""' in shown
    assert "<script>alert" not in shown


def test_staff_never_see_a_live_link(manager, reset):
    for name in ("change", "html"):
        shown = manager.get(page(name, reset)).content.decode()
        assert "t0ps3cret" not in shown
    assert SECRET_MARK in manager.get(page("html", reset)).content.decode()


def test_the_demo_shows_it(manager, reset, settings):
    settings.DEMO = True
    for name in ("change", "html"):
        assert "token=t0ps3cret" in manager.get(page(name, reset)).content.decode()


def file_of(email, place=0):
    return reverse("admin:notifications_email_file", args=[email.pk, place])


@pytest.fixture
def with_contract():
    rental = make_rental(signed=True)
    return Email.objects.get(kind="rental_signed", user=rental.user)


def test_staff_download_what_goes_with_a_mail(manager, with_contract):
    shown = manager.get(page("change", with_contract)).content.decode()
    name = with_contract.attachments[0]["name"]
    assert f'href="{file_of(with_contract)}">{name}</a>' in shown
    answer = manager.get(file_of(with_contract))
    assert answer.content == bytes(ContractDocument.objects.get(kind="signed").content)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert manager.post(file_of(with_contract)).status_code == 405


def test_nobody_else_downloads_it(with_contract, monkeypatch):
    for client in (Client(), client_of(UserFactory()), client_of(with_contract.user)):
        answer = client.get(file_of(with_contract))
        assert answer.status_code == 302
        assert "/login" in answer["Location"]
    staff = client_of(ManagerFactory())
    monkeypatch.setitem(MANAGER_APPS, "notifications", frozenset())
    assert staff.get(file_of(with_contract)).status_code == 403


def test_a_file_that_is_not_there_is_not_found(manager, with_contract, failed):
    assert manager.get(file_of(with_contract, 1)).status_code == 404
    assert manager.get(file_of(failed)).status_code == 404
    ContractDocument.objects.all().delete()
    assert manager.get(file_of(with_contract)).status_code == 404
    assert with_contract.attachments[0]["name"] in manager.get(page("change", with_contract)).content.decode()


def test_a_name_of_a_file_is_no_markup(manager):
    evil = EmailFactory(attachments=[{"kind": "ownership", "id": 1, "name": "<script>alert(1)</script>"}])
    assert "<script>alert(1)" not in manager.get(page("change", evil)).content.decode()


def test_a_failed_mail_is_sent_again_by_its_button(manager, failed):
    assert page("send-again", failed) in manager.get(page("change", failed)).content.decode()
    assert manager.get(page("send-again", failed)).status_code == 200  # it asks first
    assert manager.post(page("send-again", failed)).status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == (Email.Status.QUEUED, 0)


def test_a_sent_mail_is_sent_once_more_as_a_mail_of_its_own_that_says_who_wanted_it(manager):
    sent = EmailFactory(status=Email.Status.SENT)
    manager.post(page("send-again", sent))
    copy = sent.resent.get()
    assert copy.status == Email.Status.QUEUED
    assert copy.message_id != sent.message_id
    assert str(copy.resent_by) in manager.get(page("change", sent)).content.decode()
    assert f"mail {sent.pk}" in manager.get(page("change", copy)).content.decode()
    sent.refresh_from_db()
    assert sent.status == Email.Status.SENT


def test_a_mail_that_cannot_be_sent_again_has_no_button_and_says_so(manager):
    used = EmailFactory(status=Email.Status.SENT, text=f"Link: {SECRET_MARK}")
    assert page("send-again", used) not in manager.get(page("change", used)).content.decode()
    assert "no longer possible" in manager.post(page("send-again", used), follow=True).content.decode()
    assert not used.resent.exists()


def test_several_are_sent_again_from_the_list(failed):
    sent, waiting = EmailFactory(status=Email.Status.SENT), EmailFactory()
    chosen = {"action": "send_chosen_again", "_selected_action": [failed.pk, sent.pk, waiting.pk]}
    answer = client_of(AdminFactory()).post(LIST, chosen, follow=True).content.decode()
    assert "2 on the way again." in answer
    assert "It is on its way already." in answer
    failed.refresh_from_db()
    assert failed.status == Email.Status.QUEUED
    assert sent.resent.count() == 1


def test_who_may_only_look_cannot_send(manager, failed, monkeypatch):
    monkeypatch.setitem(MANAGER_APPS, "notifications", frozenset({"view"}))
    shown = manager.get(page("change", failed))
    assert shown.status_code == 200
    assert page("send-again", failed) not in shown.content.decode()
    assert manager.post(page("send-again", failed)).status_code == 403
    manager.post(LIST, {"action": "send_chosen_again", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert failed.status == Email.Status.FAILED


def test_nobody_edits_adds_or_deletes_a_mail(failed):
    client = client_of(AdminFactory())
    assert client.post(page("change", failed), {"subject": "Changed"}).status_code == 403
    assert client.get(page("delete", failed)).status_code == 403
    assert client.get(reverse("admin:notifications_email_add")).status_code == 403


def test_a_mail_that_is_not_there_is_not_found(manager, failed):
    gone = Email(pk=failed.pk + 1)
    assert manager.get(page("html", gone)).status_code == 404
    assert manager.post(page("send-again", gone)).status_code == 404


def test_the_list_asks_as_often_for_three_as_for_one(manager, django_assert_num_queries):
    EmailFactory()
    manager.get(LIST)
    with CaptureQueriesContext(connection) as one:
        manager.get(LIST)
    EmailFactory.create_batch(2, user=UserFactory())
    with django_assert_num_queries(len(one)):
        manager.get(LIST)
