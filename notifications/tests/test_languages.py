"""Mails speak the reader's language, and nothing in them was left in another."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from accounts.languages import NAMES
from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from core.text.templating import MissingVariable
from notifications.mails.base import MAILS
from notifications.mails.parts import at, usd
from notifications.mails.rendering import render
from notifications.mails.wording import SHOP_NOTES, day, day_of_year, localized_money, moment, translated_note
from notifications.models import Email
from notifications.outbox.queueing import write_email
from notifications.outbox.resending import send_again
from notifications.tests.factories import EXAMPLES
from orders.tests.shop import make_order

# Words of the English templates that no Spanish text has, and what people and banks say in English.
ENGLISH = re.compile(r"\b(?:the|your|you|is|was|for|and|payment|order|rental)\b", re.IGNORECASE)
SAID = re.compile(
    r"http\S+|Your card [^.]*\.|Paystack could not [^.]*\.|AmountMismatch: [^.]*\.\d\d \w+ for"
    r"|Handed to the neighbour|The screen is|The ERP does not have [^.]*\.|It refused the credentials"
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_english_is_left_in_a_spanish_mail(name):
    with translation.override("es"):
        kind, _ = EXAMPLES[name]
        context, face = MAILS[kind].examples()[name]
        mail = render(kind=kind, face=face, context=context)
    assert ENGLISH.findall(SAID.sub("", f"{mail.subject}\n{mail.text}")) == []
    assert '<html lang="es"' in mail.html


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_spanish_mail_misses_what_its_context_misses(name):
    kind, (context, face) = EXAMPLES[name]
    with translation.override("es"):
        assert render(kind=kind, face=face, context=context).subject
        for key in context:
            with pytest.raises(MissingVariable, match=key):
                render(kind=kind, face=face, context={k: v for k, v in context.items() if k != key})


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (
            "en",
            "$1,599.90; 5,000 JPY; 1,599.90 EUR; ₦1,250.00; November 21, 2026; November 21; May 1, 2027, 14:05 UTC",
        ),
        (
            "es",
            "1.599,90 US$; 5.000 JPY; 1.599,90 EUR; 1.250,00 ₦; "
            "21 de noviembre de 2026; 21 de noviembre; 1 de mayo de 2027, 14:05 UTC",
        ),
    ],
)
def test_money_and_days_are_written_as_the_reader_writes_them(language, written):
    autumn = date(2026, 11, 21)
    with translation.override(language):
        sums = [
            localized_money(Decimal("1599.90"), "USD"),
            localized_money(Decimal(5000), "JPY"),
            localized_money(Decimal("1599.90"), "EUR"),
            localized_money(Decimal(1250), "NGN"),
        ]
        assert [*sums, day(autumn), day_of_year(autumn), moment(at(1))] == written.split("; ")
        assert usd("0.5") in ("$0.50", "0,50 US$")


def test_the_shops_own_notes_are_translated_and_those_of_people_are_not():
    with translation.override("es"):
        assert translated_note("Not paid within 60 minutes") == "No se pagó en 60 minutos"
        assert translated_note("Ring twice at 60 {}") == "Ring twice at 60 {}"
        assert translated_note("") == ""
    plain = [note for note in SHOP_NOTES if "{}" not in note]
    assert list(map(translated_note, plain)) == plain


def test_the_notes_are_those_that_the_shop_writes():
    from orders.placing import FREE_NOTE, PAID_NOTE
    from orders.sellable import OrderSale
    from rentals.sellable import RentalSale

    code = "".join(
        file.read_text()
        for app in ("orders", "rentals")
        for file in Path(settings.BASE_DIR, app).rglob("*.py")
        if "tests" not in file.parts
    )
    refusals = {OrderSale.refusal.format("Order #{}"), RentalSale.refusal.format("Rental #{}")}
    assert {PAID_NOTE, FREE_NOTE, *refusals} <= set(SHOP_NOTES)
    for note in set(SHOP_NOTES) - refusals:
        assert re.search(re.escape(note).replace(r"\{\}", r"\{[\w.]+\}"), code), note


@pytest.mark.django_db
class TestWhoReads:
    """The language is the reader's, whoever caused the mail and in whatever language they were served."""

    @pytest.fixture
    def ines(self):
        user = UserFactory(email="ines@example.com", language="es")
        AddressFactory(user=user)
        return user

    def test_an_order_is_confirmed_in_spanish(self, ines):
        order = make_order(user=ines, quantity=2)
        email = Email.objects.get(kind="order_confirmation")
        assert email.subject == f"Confirmación del pedido #{order.pk}"
        for part in ("Total: 1.199,98 US$", "Impuestos: 0,00 US$", "Envío estándar"):
            assert part in email.text
        order.move_to("processing", note="Payment confirmed, processing order")
        step = Email.objects.get(kind="order_status")
        assert step.subject.endswith("En preparación")
        assert "Pago confirmado" in step.text

    def test_a_spanish_request_does_not_change_an_english_mail(self):
        with translation.override("es"):
            make_order(user=UserFactory())
        assert Email.objects.get(kind="order_confirmation").subject.startswith("Order Confirmation #")

    def test_what_is_rendered_later_speaks_the_same_language(self, ines, monkeypatch):
        monkeypatch.setattr("notifications.outbox.queueing.render", lambda **_: 1 / 0)
        context = MAILS["order_paid"].example
        write_email(kind="order_paid", face="shop", event="e", recipient=ines.email, user=ines, context=context)
        monkeypatch.undo()
        (email,) = Email.objects.filter(kind="order_paid")
        assert email.status == Email.Status.FAILED
        again = send_again(email=email, by=AdminFactory())
        assert again.subject == "Pago recibido por el pedido #12"
        assert "2.920,57 US$" in again.text

    def test_each_admin_reads_their_own(self):
        from catalog.models import Product
        from catalog.signals import stock_low
        from catalog.tests.factories import ProductFactory

        AdminFactory(email="ann@example.com")
        AdminFactory(email="ana@example.com", language="es")
        stock_low.send(sender=Product, product=ProductFactory(name="Laptop", inventory_count=2))
        subjects = dict(Email.objects.filter(kind="staff_low_stock").values_list("recipient", "subject"))
        assert subjects == {
            "ann@example.com": "Low stock: 2 pieces left of Laptop",
            "ana@example.com": "Pocas existencias: quedan 2 piezas de Laptop",
        }

    def test_what_the_shop_calls_its_orders_is_translated_for_admins_too(self):
        from notifications.mails.staff import DisputeOpened
        from orders.fulfilment import payment_intent_for
        from payments.models import Dispute, Payment
        from payments.signals import money_returned

        AdminFactory(language="es")
        order = make_order()
        payment = payment_intent_for(order=order)
        money_returned.send(sender=Payment, payment=payment, reason=f"Order #{order.pk} could no longer be paid")
        assert f"El pedido #{order.pk} ya no se podía pagar" in Email.objects.get(kind="staff_money_returned").subject
        dispute = Dispute(pk=1, payment=payment, amount=order.total, currency="USD")
        with translation.override("es"):
            assert DisputeOpened(dispute, event="e").context()["subject"] == f"Pedido #{order.pk}"


@pytest.mark.django_db
class TestWhoChooses:
    """Accept-Language at sign-up, and the profile ever after."""

    BODY = {"email": "zoe@example.com", "password": "Correct-horse-1!", "first_name": "Zoë", "last_name": "B"}

    @pytest.mark.parametrize(
        ("header", "asked", "language"),
        [
            ("es-MX,en;q=0.5", {}, "es"),
            ("es", {"language": "en"}, "en"),
            ("fr", {}, "en"),
            ("", {"language": "es"}, "es"),
        ],
    )
    def test_who_registers_is_welcomed_in_their_language(self, api, header, asked, language):
        answer = api.post("auth/register", {**self.BODY, **asked}, headers={"Accept-Language": header})
        assert answer.json()["user"]["language"] == language
        subject = {"en": "Welcome to GigGatek", "es": "Te damos la bienvenida a GigGatek"}[language]
        assert Email.objects.get().subject == subject

    def test_the_profile_changes_it(self, api):
        user = UserFactory()
        api.login_as(user)
        assert api.put("auth/profile", {"language": "es"}).json()["user"]["language"] == "es"
        make_order(user=user._meta.model.objects.get(pk=user.pk))
        assert Email.objects.get(kind="order_confirmation").subject.startswith("Confirmación del pedido")

    @pytest.mark.parametrize("wrong", ["fr", "", None, 1, ["es"], "ES", "es-MX"])
    def test_a_language_without_mails_is_refused(self, api, wrong):
        user = UserFactory(language="es")
        answer = api.login_as(user).put("auth/profile", {"language": wrong})
        assert answer.status_code == 400
        assert "language" in answer.json()["details"]
        user.refresh_from_db()
        assert user.language == "es"
        assert set(NAMES) == {"en", "es"}
