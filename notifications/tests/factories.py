"""Mails for tests."""

import factory

from notifications.models import Email


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
