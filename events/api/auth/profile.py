"""Profile, password and e-mail verification."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.sign_in import OpenView
from accounts.one_time_tokens import InvalidOneTimeToken
from accounts.sessions.authentication import CookieAuthentication, request_session, user_of
from core.api.schema import errors
from core.api.shapes import DoneShape
from core.api.throttles import ResetThrottle
from core.api.views import ApiView
from core.errors import DomainError, InvalidInput
from events.api.auth.inputs import (
    MailedTokenInput,
    PasswordChangeInput,
    PasswordResetInput,
    ProfileInput,
    ResetRequestInput,
)
from events.api.auth.shapes import UserShape


class WrongOldPassword(DomainError):
    """Who asks for a new password does not know the present one; they are signed in all the same."""

    code = "wrong_password"
    message = "The current password is wrong."


class BadMailedToken(DomainError):
    """The mailed token is unknown, used, replaced by a newer one or expired."""

    code = "invalid_token"
    message = "The link is not valid any more. Please ask for a new one."


class OwnAccountView(ApiView):
    """What people do with their account, signed in by token or by the cookie."""

    authentication_classes = [CookieAuthentication]


class MeView(OwnAccountView):
    """GET: who is asking."""

    @extend_schema(responses={200: UserShape, **errors(403)})
    def get(self, request: Request) -> Response:
        """The signed-in user."""
        return self.answer(UserShape.of(self.user))


class ProfileView(MeView):
    """GET: who is asking. PUT, PATCH: change what is given."""

    @extend_schema(request=ProfileInput(partial=True), responses={200: UserShape, **errors(403)})
    def put(self, request: Request) -> Response:
        """Change the given ones of name and phone number."""
        changes = self.validated(ProfileInput, partial=True)
        if changes.pop("email", self.user.email) != self.user.email:
            raise InvalidInput.at("email", "The e-mail address cannot be changed here.")
        user = services.change_profile(user=user_of(request), **changes)
        return self.answer(UserShape.of(user), message="Your profile is changed.")

    @extend_schema(request=ProfileInput(partial=True), responses={200: UserShape, **errors(403)})
    def patch(self, request: Request) -> Response:
        """As PUT."""
        return self.put(request)


class ChangePasswordView(OwnAccountView):
    """POST, PUT: another password."""

    @extend_schema(request=PasswordChangeInput, responses={200: DoneShape, **errors(403)})
    def post(self, request: Request) -> Response:
        """Change the password and end all other sessions; 400 when the present one is wrong."""
        given = self.validated(PasswordChangeInput)
        try:
            services.change_password(
                request=request._request,
                user=user_of(request),
                session=request_session(request),
                current=given["old_password"],
                new=given["new_password"],
            )
        except services.WrongPassword as error:
            raise WrongOldPassword from error
        return self.answer(message="Your password is changed.")

    @extend_schema(request=PasswordChangeInput, responses={200: DoneShape, **errors(403)})
    def put(self, request: Request) -> Response:
        """As POST."""
        return self.post(request)


class ResetRequestView(OpenView):
    """POST: ask for a reset letter."""

    throttle_classes = [*OpenView.throttle_classes, ResetThrottle]

    @extend_schema(request=ResetRequestInput, responses={200: DoneShape})
    def post(self, request: Request) -> Response:
        """Always the same answer, whether or not the e-mail has an account."""
        services.request_password_reset(face=self.face.name, **self.validated(ResetRequestInput))
        return self.answer(message="If there is an account with this e-mail, a link is on its way.")


class PasswordResetView(OpenView):
    """POST: a new password by a mailed token."""

    throttle_classes = [*OpenView.throttle_classes, ResetThrottle]

    @extend_schema(request=PasswordResetInput, responses={200: DoneShape})
    def post(self, request: Request) -> Response:
        """Set the password and end every session; 400 for a token that is not good any more."""
        given = self.validated(PasswordResetInput)
        try:
            services.reset_password(token=given["token"], password=given["new_password"], face=self.face.name)
        except InvalidOneTimeToken as error:
            raise BadMailedToken from error
        return self.answer(message="Your password is changed. Please sign in.")


class VerifyEmailView(OpenView):
    """POST: prove by a mailed token that one reads mail at the address."""

    @extend_schema(request=MailedTokenInput, responses={200: DoneShape})
    def post(self, request: Request) -> Response:
        """Mark the address as verified; 400 for a token that is not good any more."""
        try:
            services.verify_email(**self.validated(MailedTokenInput))
        except InvalidOneTimeToken as error:
            raise BadMailedToken from error
        return self.answer(message="Your e-mail address is verified.")


class ResendVerificationView(OwnAccountView):
    """POST: ask for another verification letter."""

    throttle_classes = [*ApiView.throttle_classes, ResetThrottle]

    @extend_schema(request=None, responses={200: DoneShape, **errors(403)})
    def post(self, request: Request) -> Response:
        """Always the same answer."""
        services.resend_verification(user=user_of(request), face=self.face.name)
        return self.answer(message="If your e-mail address is not verified yet, a link is on its way.")
