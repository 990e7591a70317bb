"""Refusals of contracts."""

from core.errors import DomainError


class AlreadySigned(DomainError):
    """A contract is signed once."""

    code = "already_signed"
    message = "The contract is already signed."


class NotShown(DomainError):
    """Nobody signs what they were not shown."""

    code = "not_shown"
    message = "The contract must be read before it is signed: get it first."


class OtherConsent(DomainError):
    """The customer agreed to other words about electronic records than those in the contract."""

    code = "other_consent"


class NoSigner(DomainError):
    """A signature without a name."""

    code = "invalid"
    message = "name: a name with visible letters is required."
