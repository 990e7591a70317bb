"""Every kind has its templates and says everything; nothing can be slipped into a mail."""

from decimal import Decimal

import pytest

from notifications import rendering
from notifications.formatting import clean, greeting_name, money, one_line
from notifications.kinds import KINDS
from notifications.rendering import SECRET_MARK, MissingVariable, StrictContext, render
from notifications.tests.examples import CONTEXTS

SUBJECTS = {
    "welcome": "Welcome to GigGatek",
    "verify_email": "Confirm your e-mail address",
    "password_reset": "Reset your password",
    "password_changed": "Your password was changed",
    "order_confirmation": "Order Confirmation #12",
    "order_status": "Order #12 Status Update: Processing",
    "order_shipped": "Your Order #12 Has Shipped",
}


def test_there_is_an_example_of_every_kind():
    assert set(CONTEXTS) == set(KINDS) == set(SUBJECTS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_renders_with_exactly_its_context(kind):
    mail = render(kind=kind, context=CONTEXTS[kind])
    assert mail.subject == SUBJECTS[kind]
    assert "{{" not in mail.text + mail.html
    assert "{%" not in mail.text + mail.html
    assert mail.html.startswith("<!doctype html>")


@pytest.mark.parametrize("kind", KINDS)
def test_each_key_of_a_kind_is_used_by_its_text_and_its_html(kind):
    """What a template does not print is not needed; what only one of the two prints is forgotten in the other."""
    for key in KINDS[kind].needs:
        poor = {name: value for name, value in CONTEXTS[kind].items() if name != key}
        for templates, suffix in ((rendering.PLAIN, "txt"), (rendering.HTML, "html")):
            template = templates.get_template(f"emails/{kind}.{suffix}")
            with pytest.raises(MissingVariable):
                template.render(StrictContext({**poor, "site_url": "http://localhost"}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_or_an_unknown_key_is_refused(kind):
    for key in CONTEXTS[kind]:
        with pytest.raises(MissingVariable, match=key):
            render(kind=kind, context={k: v for k, v in CONTEXTS[kind].items() if k != key})
    with pytest.raises(MissingVariable, match="extra"):
        render(kind=kind, context={**CONTEXTS[kind], "extra": ""})


def test_a_missing_attribute_is_refused():
    context = {**CONTEXTS["order_confirmation"], "lines": [{"name": "Laptop"}]}
    with pytest.raises(MissingVariable, match="sku"):
        render(kind="order_confirmation", context=context)


@pytest.mark.parametrize("status", ["processing", "delivered", "cancelled"])
def test_each_status_says_what_it_means(status):
    mail = render(kind="order_status", context={**CONTEXTS["order_status"], "status": status, "note": ""})
    assert {"processing": "ready", "delivered": "arrived", "cancelled": "goes back"}[status] in mail.text
    assert "Note" not in mail.text + mail.html


def test_markup_in_a_name_stays_text():
    mail = render(kind="password_reset", context={**CONTEXTS["password_reset"], "name": "<b>Ada</b> & Co"})
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in mail.html
    assert "Hi <b>Ada</b> & Co," in mail.text


def test_a_line_break_in_a_value_reaches_neither_subject_nor_text():
    context = {**CONTEXTS["order_status"], "label": "Sent\r\nBcc: eve@example.com", "note": "a\nb\u2028c\x00d"}
    mail = render(kind="order_status", context=context)
    assert mail.subject == "Order #12 Status Update: Sent Bcc: eve@example.com"
    assert "Note: a b c d\n" in mail.text


def test_the_link_holds_the_place_of_the_secret():
    mail = render(kind="password_reset", context=CONTEXTS["password_reset"])
    assert mail.text.count(SECRET_MARK) == 1
    assert SECRET_MARK in mail.html


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("599.99", "USD", "$599.99"),
        ("1599.90", "USD", "$1,599.90"),
        ("0", "USD", "$0.00"),
        ("599.99", "EUR", "599.99 EUR"),
        ("5000", "JPY", "5,000 JPY"),
    ],
)
def test_money(amount, currency, text):
    assert money(Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ada", "Ada"),
        ("  José   María ", "José María"),
        ("Zoë 👩🏽‍💻", "Zoë 👩🏽‍💻"),
        ("J. R.", "J. R."),
        ("", "there"),
        ("\r\n", "there"),
        ("Win at http://evil.example", "there"),
        ("evil.example", "there"),
        ("me@evil", "there"),
        ("x" * 61, "there"),
    ],
)
def test_greeting(name, greeting):
    assert greeting_name(name) == greeting


def test_text_cannot_turn_the_direction_of_what_follows():
    assert one_line("abc\u202edcba\u2066") == "abcdcba"


def test_a_context_holds_plain_values_only():
    assert clean({"a": ["x\ny", 1, None]}) == {"a": ["x y", 1, None]}
    with pytest.raises(TypeError):
        clean({"price": Decimal(1)})
