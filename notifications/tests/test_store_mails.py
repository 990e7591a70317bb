"""Staff learn of what is wrong with a shop of the hub: once for each occurrence, by mail and in the app."""

import pytest

from accounts.tests.factories import AdminFactory, ManagerFactory
from notifications.models import Email, Notice
from storesync.sales.intake import block
from storesync.tests.factories import make_connection, make_erp

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    ManagerFactory()
    return AdminFactory()


def told(admin):
    """The subjects of what went to admins, each of them by mail and in the app."""
    subjects = list(Email.objects.order_by("pk").values_list("subject", flat=True))
    assert set(Email.objects.values_list("recipient", flat=True)) <= {admin.email}
    assert list(Notice.objects.filter(user=admin).order_by("pk").values_list("title", flat=True)) == subjects
    return subjects


def test_a_shop_that_breaks_twice_is_told_twice(admin):
    shop = make_connection()
    for _ in range(2):
        shop.break_off(note="It refused the credentials.")
        shop.break_off(note="It refused the credentials.")
        shop.move_to("active")
    assert told(admin) == [f"Credentials were refused: {shop}"] * 2
    assert "It refused the credentials." in Email.objects.first().text


def test_an_erp_that_refuses_its_token_is_told_once(admin):
    erp = make_erp(make_connection().owner)
    for _ in range(2):
        erp.refuse()
    assert told(admin) == [f"Credentials were refused: {erp}"]


def test_an_order_that_cannot_be_read_is_told_once_however_often_it_is_pulled(admin):
    shop = make_connection()
    for _ in range(2):
        block(connection=shop, order_id="1001", reason="It has no lines.")
    assert told(admin) == [f"An order cannot become a sale: {shop} 1001"]
