"""Why a sign-in with Google is refused."""

from core.errors import Conflict, DomainError


class InvalidGoogleToken(DomainError):
    """The token is not one that Google made for us, or its time is over, or it names no verified e-mail."""

    code = "invalid_google_token"
    message = "Google did not confirm this sign-in."


class GoogleUnavailable(DomainError):
    """Signing in with Google is not set up here, or Google does not answer."""

    status = 503
    code = "google_unavailable"
    message = "Signing in with Google is not possible at the moment."

    def __init__(self) -> None:
        super().__init__(retry_after=30)


class AccountNotLinked(Conflict):
    """The account with this e-mail cannot be opened by this Google account."""

    code = "conflict"
    message = "The account with this e-mail does not belong to this Google account. Sign in with your password."
