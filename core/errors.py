"""One class for every refusal; `core.api.errors` turns it into the contract's error body."""

from collections.abc import Mapping, Sequence
from typing import Self

Details = Mapping[str, Sequence[str]]


class DomainError(Exception):
    """A request that the rules refuse. Subclasses stand beside what raises them.

    `status` is the HTTP status, `code` is stable and for machines, `message` is for people,
    `details` lists what is wrong by field, `retry_after` is the number of seconds to wait before another try.
    """

    status = 400
    code = "refused"
    message = "The request was refused."

    def __init__(
        self, message: str | None = None, *, details: Details | None = None, retry_after: int | None = None
    ) -> None:
        self.message = message or self.message
        self.details = details
        self.retry_after = retry_after
        super().__init__(self.message)

    @classmethod
    def at(cls, field: str, text: str) -> Self:
        """The refusal of one field, which message and details name."""
        return cls(f"{field}: {text}", details={field: [text]})


class InvalidInput(DomainError):
    """Input that cannot be used as it is; `details` names the fields."""

    code = "invalid"
    message = "The input is invalid."


class NotAuthenticated(DomainError):
    """Who is asking is not known, or not any longer."""

    status = 401
    code = "not_authenticated"
    message = "A valid token is required."


class PermissionRefused(DomainError):
    """Who is asking may not do this."""

    status = 403
    code = "permission_denied"
    message = "You are not allowed to do this."


class NotFound(DomainError):
    """It does not exist, or it belongs to another user: the answer is the same."""

    status = 404
    code = "not_found"
    message = "Not found."


class Conflict(DomainError):
    """It exists already."""

    status = 409
    code = "conflict"
    message = "It exists already."


class ChangedMeanwhile(Conflict):
    """Another request deleted what this one builds upon, after this one had found it."""

    message = "Somebody else changed this meanwhile. Please look again."


class BodyTooLarge(DomainError):
    """The body is larger than the API reads."""

    status = 413
    code = "body_too_large"
    message = "The request body is too large."
