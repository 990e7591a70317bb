"""The link in a mail with which its reader ends such mails at once, without signing in (RFC 8058)."""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from core.db import transactional
from notifications.in_app.preferences import can_refuse, switch
from notifications.kinds import ALL_KINDS, KINDS, Kind
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
    def kinds(self) -> list[Kind]:
        """The kinds of the group that can be refused."""
        return refusable(self.group)

    @transactional
    def end(self) -> None:
        """No such mail any more. Ended already: nothing happens."""
        for kind in self.kinds:
            switch(user=self.user, kind=kind.name, channel=Channel.EMAIL, is_on=False)


def refusable(group: str) -> list[Kind]:
    """The kinds of a group whose mails can be refused."""
    return [kind for kind in ALL_KINDS if kind.group == group and can_refuse(kind, Channel.EMAIL)]


def unsubscribe_url(*, user_id: int | None, kind: str) -> str:
    """The link for a mail of this kind to this user; "" when it must be sent, or when there is nobody to ask."""
    known = KINDS.get(kind)
    if user_id is None or known is None or not can_refuse(known, Channel.EMAIL):
        return ""
    return settings.SITE_URL + reverse("unsubscribe", args=[SIGNER.sign(f"{user_id}.{known.group}")])


def unsubscribe_headers(email: Email) -> dict[str, str]:
    """What lets a mail program offer the same with one click; nothing on a mail that must be sent."""
    url = unsubscribe_url(user_id=email.user_id, kind=email.kind)
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def subscription_of(token: str) -> Subscription | None:
    """What the token names; None for one that we did not sign, or whose user or mails are gone."""
    try:
        user_id, _, group = SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    user = User.objects.filter(pk=int(user_id)).first()
    return Subscription(user, group) if user and refusable(group) else None
