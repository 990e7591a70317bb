"""A shop that would take no real money, or trust no webhook, is told so."""

from payments.apps import paystack_keys, real_money, signed_webhooks


def test_a_live_shop_on_the_sandbox_is_warned(settings):
    assert [message.id for message in real_money(None)] == ["payments.W001"]
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    assert real_money(None) == []


def test_stripe_without_a_webhook_secret_is_an_error(settings):
    assert signed_webhooks(None) == []
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    assert [message.id for message in signed_webhooks(None)] == ["payments.E001"]
    settings.STRIPE_WEBHOOK_SECRET = "whsec_x"
    assert signed_webhooks(None) == []


def test_paystack_needs_both_keys_and_a_closed_line(settings):
    assert paystack_keys(None) == []
    settings.PAYSTACK_SECRET_KEY = "sk_live_x"
    assert [message.id for message in paystack_keys(None)] == ["payments.W002"]
    settings.PAYSTACK_PUBLIC_KEY = "pk_live_x"
    assert paystack_keys(None) == []
    for base, ids in (("http://api.paystack.co", ["payments.E002"]), ("http://127.0.0.1:4003", [])):
        settings.PAYSTACK_API_BASE = base
        assert [message.id for message in paystack_keys(None)] == ids
