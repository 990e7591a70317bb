"""Refusals of the back office."""

from core.errors import DomainError


class StillFailing(DomainError):
    """The gateway or our own handler refused again."""

    code = "still_failing"
