"""What the calls about accounts read."""

from typing import Any

from accounts.api.fields import EmailField, LineField, NewPasswordField, PasswordField
from accounts.emails import MAX_LENGTH as EMAIL_LENGTH
from accounts.passwords import LETTER_AND_DIGIT
from core.api.fields import TextField
from core.api.inputs import OpenInput

TOKEN_LENGTH = 4096


class PhoneField(LineField):
    """A phone number as people write it; null and "" are none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, required=False, allow_blank=True, allow_null=True, **kwargs)


class FullNameField(LineField):
    """First and last name in one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=100, **kwargs)


class PersonInput(OpenInput):
    """Whoever says their name and phone number; they come out as the fields of a user."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Split the name at its last space, so that it is shown as it was sent."""
        if "full_name" in attrs:
            first, _, last = attrs.pop("full_name").rpartition(" ")
            attrs["first_name"], attrs["last_name"] = (first, last) if first else (last, "")
        if "phone" in attrs:
            attrs["phone"] = attrs["phone"] or ""
        return attrs


class RegistrationInput(PersonInput):
    """A new account."""

    example = {"email": "ada@example.com", "password": "lagos-2026", "full_name": "Ada Lovelace", "phone": "0803 000"}

    email = EmailField()
    password = NewPasswordField(rules=LETTER_AND_DIGIT)
    full_name = FullNameField(help_text="First and last name.")
    phone = PhoneField(help_text="Free text.")


class ProfileInput(PersonInput):
    """What people may change about themselves; what is absent stays."""

    example = {"full_name": "Ada Lovelace", "phone": "0803 000"}

    full_name = FullNameField(required=False, help_text="First and last name.")
    phone = PhoneField(help_text="Free text.")
    email = EmailField(required=False, help_text="The present address; it cannot be changed here.")


class SignInInput(OpenInput):
    """A sign-in. What is no e-mail belongs to no account."""

    example = {"email": "ada@example.com", "password": "lagos-2026"}
    aliases = {"username": "email"}

    email = TextField(max_length=EMAIL_LENGTH)
    password = PasswordField()


class RefreshInput(OpenInput):
    """A refresh by a client that keeps the refresh token itself."""

    refresh_token = TextField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=TOKEN_LENGTH,
        help_text="Good once; without it the cookie counts.",
    )


class PasswordChangeInput(OpenInput):
    """The present password and the new one."""

    example = {"old_password": "lagos-2026", "new_password": "abuja-2027"}
    aliases = {"current_password": "old_password"}

    old_password = PasswordField(help_text="The password until now.")
    new_password = NewPasswordField(rules=LETTER_AND_DIGIT)


class ResetRequestInput(OpenInput):
    """Who asks for a reset letter."""

    example = {"email": "ada@example.com"}

    email = TextField(max_length=EMAIL_LENGTH)


class PasswordResetInput(OpenInput):
    """A mailed token and the new password."""

    example = {"token": "kD3vW8pQ1xYz", "new_password": "abuja-2027"}
    aliases = {"password": "new_password"}

    token = TextField(max_length=TOKEN_LENGTH)
    new_password = NewPasswordField(rules=LETTER_AND_DIGIT)


class MailedTokenInput(OpenInput):
    """The token of a letter."""

    example = {"token": "kD3vW8pQ1xYz"}

    token = TextField(max_length=TOKEN_LENGTH)


class GoogleInput(OpenInput):
    """What Google's button gives to the web page."""

    example = {"token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"}
    aliases = {"id_token": "token", "credential": "token"}

    token = TextField(max_length=TOKEN_LENGTH, help_text="An ID token of Google's.")
