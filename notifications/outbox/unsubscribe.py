"""The link in a mail with which its reader ends such mails at once, without signing in (RFC 8058)."""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from core.db import transactional
from notifications.in_app.preferences import switch
from notifications.mails.base import MAILS, Mail
from notifications.mails.brands import Brand, brand_of
from notifications.models import Channel, Email

# The salt makes a token good for nothing else. It does not expire: a mail may be read years later, law wants its
# link to work for weeks at least, and all that it can do is to switch off mails.
SIGNER = Signer(salt="notifications.outbox.unsubscribe")


@dataclass(frozen=True)
class Subscription:
    """The mails of one group to one user, as a token names them."""

    user: User
    group: str

    @property
    def label(self) -> str:
        """What the user calls the group, in the language that is active."""
        return str(refusable(self.group)[0].group.label)

    @property
    def brand(self) -> Brand:
        """In whose name they come."""
        return brand_of(refusable(self.group)[0].face)

    @transactional
    def end(self) -> None:
        """No such mail any more. Ended already: nothing happens."""
        for mail in refusable(self.group):
            switch(user=self.user, kind=mail.kind, channel=Channel.EMAIL, is_on=False)


def refusable(group: str) -> list[type[Mail]]:
    """The mails of a group that can be refused."""
    return [mail for mail in MAILS.values() if mail.group.name == group and mail.can_refuse(Channel.EMAIL)]


def unsubscribe_url(*, user_id: int | None, kind: str) -> str:
    """The link for a mail of this kind to this user; "" for a required mail, and without a user."""
    mail = MAILS.get(kind)
    if user_id is None or mail is None or not mail.can_refuse(Channel.EMAIL):
        return ""
    return settings.SITE_URL + reverse("unsubscribe", args=[SIGNER.sign(f"{user_id}.{mail.group.name}")])


def unsubscribe_headers(email: Email) -> dict[str, str]:
    """What lets a mail program offer the same with one click; nothing on a mail that must be sent."""
    url = unsubscribe_url(user_id=email.user_id, kind=email.kind)
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def subscription_of(token: str) -> Subscription | None:
    """What the token names; None for one that we did not sign, or whose user or mails do not exist any more."""
    try:
        user_id, _, group = SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    user = User.objects.filter(pk=int(user_id)).first()
    return Subscription(user, group) if user and refusable(group) else None
