"""Notices in the app: written with the mail that says the same at length, read and counted by their user."""

from html import unescape

from django.template.loader_tags import ExtendsNode
from django.utils import timezone

from accounts.models import User
from core.errors import NotFound
from core.text import clean, one_line
from core.text.templating import StrictContext
from notifications.mails.base import MAILS, Values
from notifications.mails.rendering import PLAIN
from notifications.models import Email, Notice
from notifications.models.notice import BODY_LENGTH, TITLE_LENGTH


class NoticeNotFound(NotFound):
    message = "Notification not found"


def write_notice(*, email: Email, context: Values) -> None:
    """Write the notice that goes with `email`, if this transaction is committed; one that is there stays.

    The title is the mail's subject, the body the line that mail programs show beside it. Only for kinds without a
    secret: what stands in a notice stays there. A mail that could not be rendered has none.
    """
    if not email.subject:
        return
    texts = {
        "title": email.subject[:TITLE_LENGTH],
        "body": teaser(kind=email.kind, context=context),
        "link": str(context.get(MAILS[email.kind].notice_link, "")),
        "face": email.face,
    }
    Notice.objects.get_or_create(user=email.user, kind=email.kind, event=email.event, defaults=texts)


def teaser(*, kind: str, context: Values) -> str:
    """The `preview` block of the kind's HTML template as plain text, in the language that is active.

    Raises what the template raises.
    """
    template = PLAIN.get_template(f"emails/{kind}.html")
    layout = next(node for node in template.nodelist if isinstance(node, ExtendsNode))
    values = StrictContext(clean(dict(context)), autoescape=False)
    with values.render_context.push_state(template), values.bind_template(template):
        text = layout.blocks["preview"].render(values)
    return one_line(unescape(text))[:BODY_LENGTH]


def unread_count(user: User, *, face: str) -> int:
    """How many of the user's notices at this face are unread; one query, answered by an index."""
    return Notice.objects.visible_to(user, face=face).unread().count()


def mark_read(notice: Notice) -> None:
    """Mark the notice as read; one that was read before keeps its moment."""
    now = timezone.now()
    if notice.read_at is None and Notice.objects.filter(pk=notice.pk).mark_read(at=now):
        notice.read_at = now
    elif notice.read_at is None:
        notice.refresh_from_db(fields=["read_at"])


def mark_all_read(*, user: User, face: str) -> int:
    """Mark all of the user's notices at this face as read; how many were not."""
    return Notice.objects.visible_to(user, face=face).mark_read(at=timezone.now())
