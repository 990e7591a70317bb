"""Every kind has its templates and says everything; nothing can be slipped into a mail."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from core.text import clean, money, one_line
from core.text.templating import MissingVariable, StrictContext
from notifications.mails import rendering
from notifications.mails.base import MAILS
from notifications.mails.parts import PRODUCT
from notifications.mails.rendering import render
from notifications.mails.wording import greeting_name
from notifications.models import SECRET_MARK
from notifications.tests.factories import CONTEXTS, EXAMPLES

SUBJECTS = {
    "welcome": "Welcome to GigGatek",
    "verify_email": "Confirm your e-mail address",
    "password_reset": "Reset your password",
    "password_changed": "Your password was changed",
    "order_confirmation": "Order Confirmation #12",
    "new_sign_in": "New sign-in to your account",
    "order_status": "Order #12 Status Update: Processing",
    "order_paid": "Payment Received for Order #12",
    "order_shipped": "Your Order #12 Has Shipped",
    "order_delivered": "Your Order #12 Was Delivered",
    "order_cancelled": "Your Order #12 Was Cancelled",
    "order_refunded": "Refund for Order #12",
    "rental_contract": f"Rental Contract #7 to sign: {PRODUCT}",
    "rental_signed": "Rental Contract #7 signed",
    "rental_shipped": "Your Rental #7 Has Shipped",
    "rental_receipt": "Payment Receipt for Rental #7",
    "rental_payment_reminder": "Payment Reminder for Rental #7: $49.99 due on May 1",
    "rental_payment_late": "Payment Reminder for Rental #7: $54.49 was due on May 1",
    "rental_payment_failed": "Payment for Rental #7 did not go through",
    "rental_completed": "Rental #7 is yours",
    "rental_returned": "Rental #7 returned",
    "rental_checked_in": "Return Received for Rental #7",
    "rental_refunded": "Refund for Rental #7",
    "rental_cancelled": "Rental #7 cancelled",
    "staff_webhook_parked": "A payment event waits for you: payment_intent.succeeded",
    "staff_money_returned": "$599.99 goes back: Order #12 could no longer be paid",
    "staff_refund_failed": "A refund of $599.99 was refused",
    "staff_refund_attention": "A refund of $599.99 waits for you at the payment provider",
    "staff_money_astray": "$599.98 came that was not asked for",
    "staff_dispute": "$599.99 is disputed: Order #12",
    "staff_dispute_closed": "The dispute over $599.99 is lost: Order #12",
    "staff_store_trouble": "An order cannot become a sale: Shopify mystore.myshopify.com #1001",
    "staff_low_stock": f"Low stock: 2 pieces left of {PRODUCT}",
    "ticket_confirmation": "Your tickets for Lagos Jazz Night",
    "ticket_order_expired": "Your tickets for Lagos Jazz Night are no longer held",
    "ticket_refunded": "₦5,000.00 for Lagos Jazz Night is on its way back to you",
    "ticket_transfer_offer": "A ticket for Lagos Jazz Night is offered to you",
    "ticket_transferred": "A ticket for Lagos Jazz Night has changed hands",
    "waiting_offer": "Places for Lagos Jazz Night are held for you",
    "event_changed": "Lagos Jazz Night has changed",
    "event_cancelled": "Lagos Jazz Night is cancelled",
    "event_reminder": "Tomorrow: Lagos Jazz Night",
    "partner_order": "New orders: ₦25,000.00",
    "partner_payout": "₦975,500.00 was paid out to Lagoon Nights",
    "staff_digest": "22 new orders on November 20, 2026",
}


def test_there_is_an_example_of_every_kind():
    assert set(CONTEXTS) == set(MAILS) == set(SUBJECTS)


@pytest.mark.parametrize("kind", MAILS)
def test_a_kind_renders_with_exactly_its_context(kind):
    mail = render(kind=kind, face=MAILS[kind].face, context=CONTEXTS[kind])
    assert mail.subject == SUBJECTS[kind]
    assert "{{" not in mail.text + mail.html
    assert "{%" not in mail.text + mail.html
    assert mail.html.startswith("<!doctype html>")


@pytest.mark.parametrize("kind", MAILS)
def test_each_key_of_a_kind_is_used_by_its_text_and_its_html(kind):
    """What a template does not print is not needed; what only one of the two prints is forgotten in the other."""
    whole = [example.context for of, example in EXAMPLES.values() if of == kind]
    frame = rendering.frame("shop")
    for key in MAILS[kind].context_keys():
        poor = [{name: value for name, value in context.items() if name != key} for context in whole]
        for templates, suffix in ((rendering.PLAIN, "txt"), (rendering.HTML, "html")):
            template = templates.get_template(f"emails/{kind}.{suffix}")
            assert any(is_missed(template, context, frame) for context in poor), f"{key} in {suffix}"


def is_missed(template, context, frame):
    try:
        template.render(StrictContext({**context, **frame, "unsubscribe_url": ""}))
    except MissingVariable:
        return True
    return False


def test_no_condition_swallows_a_missing_variable():
    """Django's `and`, `or`, `not` and comparisons take an error for False, and so would hide a hole."""
    templates = Path(settings.BASE_DIR, "templates", "emails").rglob("*.*")
    conditions = [line for file in templates for line in re.findall(r"{% (?:el)?if ([^%]*) %}", file.read_text())]
    assert {line for line in conditions if " " in line} == {"not forloop.last"}


@pytest.mark.parametrize("kind", MAILS)
def test_a_missing_or_an_unknown_key_is_refused(kind):
    for key in CONTEXTS[kind]:
        with pytest.raises(MissingVariable, match=key):
            render(kind=kind, face="shop", context={k: v for k, v in CONTEXTS[kind].items() if k != key})
    with pytest.raises(MissingVariable, match="extra"):
        render(kind=kind, face="shop", context={**CONTEXTS[kind], "extra": ""})


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_variant_leaves_no_hole(name):
    kind, (context, face) = EXAMPLES[name]
    mail = render(kind=kind, face=face, context=context)
    body = mail.text.partition("\n-- ")[0]
    assert not re.search(r": $|None|\(\)", body, re.MULTILINE)
    assert mail.subject
    assert "\n\n\n" not in body


@pytest.mark.parametrize(
    ("name", "subject", "text"),
    [
        ("reminder_tomorrow", "Payment Reminder for Rental #7: $49.99 due on May 1", "due on May 1, in 1 day."),
        ("reminder_today", "Payment Reminder for Rental #7: $49.99 due today", "is due today."),
        ("reminder_autopay", None, "$49.99 will be charged to Visa •••• 4242 on May 1, 2027"),
        ("late_one", "Payment Reminder for Rental #7: $49.99 was due on May 1", "is 1 day late."),
        ("late_autopay", None, "will be charged to Visa •••• 4242 on May 6, 2027: there is nothing"),
        ("nameless", None, "Hello,"),
        ("sign_in_unknown", None, "Device: Not known"),
        ("sign_in_program", None, "Device: curl"),
        ("low_stock_last", f"Low stock: 1 piece left of {PRODUCT}", "In stock: 1"),
        ("digest_of_one", "1 new order on November 20, 2026", "1 order was placed on November 20, 2026."),
        ("refunded_bare", "Refund for Order #12", "by hand"),
        ("shipped_unknown_carrier", "Your Order #12 Has Shipped", "Ada's bicycle tracking number: AB-1"),
        ("failed_bank", "Rental #7: your bank wants you to confirm a payment", "your bank wants you to confirm it"),
        ("failed_hard", "Payment for Rental #7 did not go through", "to your saved card"),
        ("receipt_buyout", "Payment Receipt for Rental #7", "For: Buyout"),
    ],
)
def test_a_variant_says_what_is_different(name, subject, text):
    kind, (context, face) = next(example for of, example in EXAMPLES.items() if of.endswith(f".{name}"))
    mail = render(kind=kind, face=face, context=context)
    assert subject in (None, mail.subject)
    assert text in mail.text


def test_a_missing_attribute_is_refused():
    context = {**CONTEXTS["order_confirmation"], "lines": [{"name": "Laptop"}]}
    with pytest.raises(MissingVariable, match="sku"):
        render(kind="order_confirmation", face="shop", context=context)


def test_markup_in_a_name_stays_text():
    mail = render(
        kind="password_reset", face="shop", context={**CONTEXTS["password_reset"], "name": "<b>Ada</b> & Co"}
    )
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in mail.html
    assert "Hi <b>Ada</b> & Co," in mail.text


def test_a_line_break_in_a_value_reaches_neither_subject_nor_text():
    context = {**CONTEXTS["order_status"], "label": "Sent\r\nBcc: eve@example.com", "note": "a\nb\u2028c\x00d"}
    mail = render(kind="order_status", face="shop", context=context)
    assert mail.subject == "Order #12 Status Update: Sent Bcc: eve@example.com"
    assert "Note: a b c d\n" in mail.text


def test_the_link_holds_the_place_of_the_secret():
    mail = render(kind="password_reset", face="shop", context=CONTEXTS["password_reset"])
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
        ("", ""),
        ("\r\n", ""),
        ("Win at http://evil.example", ""),
        ("evil.example", ""),
        ("me@evil", ""),
        ("x" * 61, ""),
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
