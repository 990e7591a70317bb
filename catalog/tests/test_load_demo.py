"""The demo's data: made once, kept ever after, never in production."""

import pytest
from django.core.management import CommandError, call_command

from accounts import demo
from accounts.models import Address, User
from catalog import stock
from catalog.demo.loader import FEATURED, TRACKED
from catalog.models import Device, Product, SearchTerm

pytestmark = pytest.mark.django_db


def run_load_demo(capsys):
    call_command("load_demo")
    return capsys.readouterr().out


def test_it_makes_people_who_can_sign_in_and_order(capsys):
    said = run_load_demo(capsys)
    people = {user.email: user for user in User.objects.all()}
    assert {email: user.role for email, user in people.items()} == {
        "admin@example.com": "admin",
        "manager@example.com": "manager",
        "customer@example.com": "customer",
        "partner@example.com": "customer",
        "scanner@example.com": "customer",
    }
    assert all(user.check_password("Demo-pass-1!") and user.email_verified_at for user in people.values())
    address = Address.objects.get()
    assert (address.user, address.is_default) == (people["customer@example.com"], True)
    assert "Made 5 users, 63 products and 32 events." in said and demo.PASSWORD in said


def test_it_makes_products_of_many_kinds_that_can_be_found(capsys):
    run_load_demo(capsys)
    assert Product.objects.count() == 63
    assert Product.objects.values("category").distinct().count() >= 8
    assert set(Product.objects.filter(is_featured=True).values_list("sku", flat=True)) == set(FEATURED)
    assert not Product.objects.filter(image_url="").exists()
    assert SearchTerm.objects.filter(term="thinkpad").count() > 1
    assert list(stock.differences()) == []


def test_loading_again_changes_nothing_that_somebody_did(capsys):
    run_load_demo(capsys)
    User.objects.update(first_name="Edited", password="")
    Address.objects.update(city="Oakland")
    Product.objects.update(inventory_count=1, price="1.23", is_featured=False)
    Product.objects.filter(sku="NIK-Z6M2-G").delete()
    said = run_load_demo(capsys)
    assert "Made 0 users, 1 products and 0 events." in said and demo.PASSWORD not in said
    assert not User.objects.exclude(first_name="Edited", password="").exists()
    assert Address.objects.get().city == "Oakland"
    edited = Product.objects.exclude(sku="NIK-Z6M2-G")
    assert edited.count() == edited.filter(inventory_count=1, price="1.23", is_featured=False).count() == 62
    assert "nothing changed" in run_load_demo(capsys)


def test_pieces_of_some_products_have_serial_numbers(capsys):
    run_load_demo(capsys)
    tracked = Product.objects.filter(is_serialized=True)
    assert set(tracked.values_list("sku", flat=True)) == set(TRACKED)
    for product in tracked:
        assert product.inventory_count == product.devices.in_stock().count() > 0
    before = list(Device.objects.order_by("pk").values())
    tracked.first().devices.first().move_to("in_repair")
    run_load_demo(capsys)
    assert Device.objects.count() == len(before)
    assert Device.objects.filter(status="in_repair").count() == 1


def test_a_second_load_asks_the_database_little(capsys, django_assert_max_num_queries):
    run_load_demo(capsys)
    with django_assert_max_num_queries(9):
        run_load_demo(capsys)


def test_production_refuses_it(settings):
    settings.DEFAULT_SECRETS_ALLOWED = False
    with pytest.raises(CommandError, match="passwords are public"):
        call_command("load_demo")
    assert not User.objects.exists() and not Product.objects.exists()
