"""The password rule of the contract."""

from typing import Any

from django.core.exceptions import ValidationError

MAX_LENGTH = 200
RULES = (
    (lambda p: len(p) >= 8, "Password must be at least 8 characters long."),
    (lambda p: len(p) <= MAX_LENGTH, f"Password must be at most {MAX_LENGTH} characters long."),
    (lambda p: any(c.isupper() for c in p), "Password must include an upper-case letter."),
    (lambda p: any(c.islower() for c in p), "Password must include a lower-case letter."),
    (lambda p: any(c.isdigit() for c in p), "Password must include a digit."),
    (lambda p: any(not c.isalnum() for c in p), "Password must include a special character."),
)


class ContractPasswordValidator:
    """8 characters or more with upper case, lower case, a digit and anything that is neither letter nor digit."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError with every rule that the password misses."""
        if missed := [message for rule, message in RULES if not rule(password)]:
            raise ValidationError(missed)

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return "At least 8 characters with upper-case and lower-case letters, a digit and a special character."
