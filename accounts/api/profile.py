"""Profile, password and e-mail verification."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.inputs import (
    MailedTokenInput,
    PasswordChangeInput,
    PasswordResetInput,
    ProfileInput,
    ResetRequestInput,
)
from accounts.api.shapes import ChangedUserShape
from accounts.api.sign_in import OpenView
from accounts.one_time_tokens import InvalidOneTimeToken
from accounts.sessions.authentication import request_session, user_of
from core.api.schema import errors
from core.api.shapes import MessageShape
from core.api.throttles import ResetThrottle
from core.api.views import ApiView


class ProfileView(ApiView):
    """PUT, PATCH: change what is given."""

    @extend_schema(request=ProfileInput(partial=True), responses={200: ChangedUserShape})
    def put(self, request: Request) -> Response:
        """Change the given ones of first name, last name, phone and language (of mails)."""
        user = services.change_profile(user=user_of(request), **self.validated(ProfileInput, partial=True))
        return Response(ChangedUserShape.of({"message": "Profile updated successfully", "user": user}))

    @extend_schema(request=ProfileInput(partial=True), responses={200: ChangedUserShape})
    def patch(self, request: Request) -> Response:
        """As PUT."""
        return self.put(request)


class ChangePasswordView(ApiView):
    """PUT, POST: another password."""

    @extend_schema(request=PasswordChangeInput, responses={200: MessageShape})
    def put(self, request: Request) -> Response:
        """Change the password and end all other sessions; 401 when the current one is wrong."""
        given = self.validated(PasswordChangeInput)
        services.change_password(
            request=request._request,
            user=user_of(request),
            session=request_session(request),
            current=given["current_password"],
            new=given["new_password"],
        )
        return Response(MessageShape.of({"message": "Password changed successfully"}))

    @extend_schema(request=PasswordChangeInput, responses={200: MessageShape})
    def post(self, request: Request) -> Response:
        """As PUT."""
        return self.put(request)


class ResetRequestView(OpenView):
    """POST: ask for a reset letter."""

    throttle_classes = [*OpenView.throttle_classes, ResetThrottle]

    @extend_schema(request=ResetRequestInput, responses={200: MessageShape})
    def post(self, request: Request) -> Response:
        """Always the same answer, whether or not the e-mail has an account."""
        services.request_password_reset(**self.validated(ResetRequestInput))
        return Response(MessageShape.of({"message": "If the email exists, a password reset link has been sent"}))


class PasswordResetView(OpenView):
    """POST: a new password by a mailed token."""

    throttle_classes = [*OpenView.throttle_classes, ResetThrottle]

    @extend_schema(request=PasswordResetInput, responses={200: MessageShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Set the password and end every session; 401 for a token that is not good any more."""
        try:
            services.reset_password(**self.validated(PasswordResetInput))
        except InvalidOneTimeToken as error:
            raise InvalidOneTimeToken("Invalid or expired reset token") from error
        return Response(MessageShape.of({"message": "Password has been reset successfully"}))


class VerifyEmailView(OpenView):
    """POST: prove by a mailed token that one reads mail at the address."""

    @extend_schema(request=MailedTokenInput, responses={200: MessageShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Mark the address as verified; 401 for a token that is not good any more."""
        services.verify_email(**self.validated(MailedTokenInput))
        return Response(MessageShape.of({"message": "Email verified successfully"}))


class ResendVerificationView(ApiView):
    """POST: ask for another verification letter."""

    throttle_classes = [*ApiView.throttle_classes, ResetThrottle]

    @extend_schema(request=None, responses={200: MessageShape})
    def post(self, request: Request) -> Response:
        """Always the same answer."""
        services.resend_verification(user=user_of(request))
        return Response(
            MessageShape.of({"message": "If the email is not verified yet, a verification link has been sent"})
        )
