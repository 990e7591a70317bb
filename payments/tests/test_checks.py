"""A shop that would take no real money, or trust no webhook, is told so."""

from payments.apps import real_money, signed_webhooks


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
