"""Mails for tests."""

import factory

from notifications.models import Email, Suppression


class EmailFactory(factory.django.DjangoModelFactory):
    """A queued mail of the kind password_changed."""

    class Meta:
        model = Email

    kind = "password_changed"
    event = factory.Sequence(lambda n: f"password:{n}")
    recipient = "ada@example.com"
    subject = "Your password was changed"
    text = "The text"
    html = "<p>The text</p>"


class SuppressionFactory(factory.django.DjangoModelFactory):
    """An address that bounced."""

    class Meta:
        model = Suppression

    address = factory.Sequence(lambda n: f"gone{n}@example.com")
    reason = Suppression.Reason.BOUNCE
    detail = "550 5.1.1 Nobody here"
