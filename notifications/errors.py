"""Refusals of notifications."""

from core.errors import DomainError, NotFound


class NoticeNotFound(NotFound):
    """No such notice, or somebody else's."""

    message = "Notification not found"


class EmailNotFound(NotFound):
    """No such mail, or somebody else's."""

    message = "E-mail not found"


class CannotSwitchOff(DomainError):
    """Law or contract require this mail."""

    code = "notification_required"


class LinkIsUsedUp(DomainError):
    """The mail holds a link that is good once: to send it again would be to send a dead one."""

    code = "email_has_single_use_link"
    message = "This e-mail holds a link that works once. Please ask for a new one instead."


class BodyIsGone(DomainError):
    """The text of the mail is kept no longer, or there never was one."""

    code = "email_body_gone"
    message = "The text of this e-mail is kept no longer, so it cannot be sent again."
