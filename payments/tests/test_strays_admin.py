"""Money that nobody asked for, in the back office: who may send it back, and that it goes once."""

import pytest

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from payments import services
from payments.models import Payment, Refund
from payments.tests.test_admin import make_payment, url
from payments.tests.test_paystack import KOBO, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def stray(user, paystack):
    payment = opened(user)
    paystack.popup(payment.intent_id, KOBO - 1)
    with pytest.raises(services.AmountMismatch):
        services.ask_gateway(payment=payment)
    return Payment.objects.get(came_for=payment)


def test_an_admin_sends_all_of_it_back_once(client, stray, paystack):
    client.force_login(AdminFactory())
    assert url(stray, "send-back") in client.get(url(stray)).content.decode()
    assert "All of this money goes back" in client.get(url(stray, "send-back")).content.decode()
    for _ in range(2):
        client.post(url(stray, "send-back"))
    assert [row["amount"] for row in paystack.refunds] == [KOBO - 1]
    assert Refund.objects.get().status == "succeeded"
    assert url(stray, "send-back") not in client.get(url(stray)).content.decode()


def test_a_refusal_is_shown_and_it_may_be_tried_again(client, stray, paystack):
    client.force_login(AdminFactory())
    paystack.mood(refunds=["refused"])
    answer = client.post(url(stray, "send-back"), follow=True)
    assert "fully reversed" in answer.content.decode()
    client.post(url(stray, "send-back"))
    assert [refund.status for refund in Refund.objects.order_by("pk")] == ["failed", "succeeded"]


def test_nothing_else_is_sent_back_that_way(client, stray):
    client.force_login(AdminFactory())
    for payment in (stray.came_for, make_payment(status="succeeded")):
        assert url(payment, "send-back") not in client.get(url(payment)).content.decode()
        client.post(url(payment, "send-back"))
    assert not Refund.objects.exists()


@pytest.mark.parametrize("factory", [UserFactory, ManagerFactory])
def test_nobody_else_does(client, stray, factory):
    client.force_login(factory())
    assert client.post(url(stray, "send-back")).status_code in (302, 403)
    assert not Refund.objects.exists()


def test_the_list_finds_it(client, stray):
    client.force_login(AdminFactory())
    page = client.get("/admin/payments/payment/?stray=yes").content.decode()
    assert url(stray) in page
    assert url(stray.came_for) not in page
