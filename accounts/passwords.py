"""The password rules of the contracts."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

MIN_LENGTH, MAX_LENGTH = 8, 200


class Rule(NamedTuple):
    """What a password must have, and the name and the words of its lack."""

    code: str
    keeps: Callable[[str], bool]
    message: str


LENGTHS = (
    Rule("min_length", lambda p: len(p) >= MIN_LENGTH, f"Password must be at least {MIN_LENGTH} characters long."),
    Rule("max_length", lambda p: len(p) <= MAX_LENGTH, f"Password must be at most {MAX_LENGTH} characters long."),
)
LETTER = Rule("format", lambda p: any(c.isalpha() for c in p), "Password must include a letter.")
UPPER = Rule("format", lambda p: any(c.isupper() for c in p), "Password must include an upper-case letter.")
LOWER = Rule("format", lambda p: any(c.islower() for c in p), "Password must include a lower-case letter.")
DIGIT = Rule("format", lambda p: any(c.isdigit() for c in p), "Password must include a digit.")
SPECIAL = Rule("format", lambda p: any(not c.isalnum() for c in p), "Password must include a special character.")

SHOP_RULES = (*LENGTHS, UPPER, LOWER, DIGIT, SPECIAL)
LETTER_AND_DIGIT = (*LENGTHS, LETTER, DIGIT)


def missed(password: str, rules: Iterable[Rule]) -> list[Rule]:
    """The rules that the password does not keep."""
    return [rule for rule in rules if not rule.keeps(password)]


class ContractPasswordValidator:
    """8 characters or more with upper case, lower case, a digit and anything that is neither letter nor digit."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError with every rule that the password misses."""
        if lacking := missed(password, SHOP_RULES):
            raise ValidationError([rule.message for rule in lacking])

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return "At least 8 characters with upper-case and lower-case letters, a digit and a special character."
