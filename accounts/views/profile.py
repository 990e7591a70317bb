"""Profile, password and e-mail verification."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.authentication import request_session, user_of
from accounts.one_time_tokens import InvalidOneTimeToken
from accounts.serializers import (
    MailedToken,
    PasswordChange,
    PasswordReset,
    ProfileBody,
    ProfileChange,
    ResetRequest,
    UserBody,
)
from accounts.views.base import OpenView
from core.api.schema import MessageBody, errors
from core.api.throttles import ResetThrottle
from core.api.views import ApiView


class ProfileView(ApiView):
    """PUT, PATCH: change what is given."""

    @extend_schema(request=ProfileChange(partial=True), responses={200: ProfileBody})
    def put(self, request: Request) -> Response:
        """Change the given ones of first name, last name, phone and language (of mails)."""
        user = services.change_profile(user=user_of(request), **self.validated(ProfileChange, partial=True))
        return Response({"message": "Profile updated successfully", "user": UserBody(user).data})

    @extend_schema(request=ProfileChange(partial=True), responses={200: ProfileBody})
    def patch(self, request: Request) -> Response:
        """As PUT."""
        return self.put(request)


class ChangePasswordView(ApiView):
    """PUT, POST: another password."""

    @extend_schema(request=PasswordChange, responses={200: MessageBody})
    def put(self, request: Request) -> Response:
        """Change the password and end all other sessions; 401 when the current one is wrong."""
        given = self.validated(PasswordChange)
        services.change_password(
            request=request._request,
            user=user_of(request),
            session=request_session(request),
            current=given["current_password"],
            new=given["new_password"],
        )
        return Response({"message": "Password changed successfully"})

    @extend_schema(request=PasswordChange, responses={200: MessageBody})
    def post(self, request: Request) -> Response:
        """As PUT."""
        return self.put(request)


class ResetRequestView(OpenView):
    """POST: ask for a reset letter."""

    throttle_classes = [*OpenView.throttle_classes, ResetThrottle]

    @extend_schema(request=ResetRequest, responses={200: MessageBody})
    def post(self, request: Request) -> Response:
        """Always the same answer, whether or not the e-mail has an account."""
        services.request_password_reset(**self.validated(ResetRequest))
        return Response({"message": "If the email exists, a password reset link has been sent"})


class PasswordResetView(OpenView):
    """POST: a new password by a mailed token."""

    throttle_classes = [*OpenView.throttle_classes, ResetThrottle]

    @extend_schema(request=PasswordReset, responses={200: MessageBody, **errors(401)})
    def post(self, request: Request) -> Response:
        """Set the password and end every session; 401 for a token that is not good any more."""
        try:
            services.reset_password(**self.validated(PasswordReset))
        except InvalidOneTimeToken as error:
            raise InvalidOneTimeToken("Invalid or expired reset token") from error
        return Response({"message": "Password has been reset successfully"})


class VerifyEmailView(OpenView):
    """POST: prove by a mailed token that one reads mail at the address."""

    @extend_schema(request=MailedToken, responses={200: MessageBody, **errors(401)})
    def post(self, request: Request) -> Response:
        """Mark the address as verified; 401 for a token that is not good any more."""
        services.verify_email(**self.validated(MailedToken))
        return Response({"message": "Email verified successfully"})


class ResendVerificationView(ApiView):
    """POST: ask for another verification letter."""

    throttle_classes = [*ApiView.throttle_classes, ResetThrottle]

    @extend_schema(request=None, responses={200: MessageBody})
    def post(self, request: Request) -> Response:
        """Always the same answer."""
        services.resend_verification(user=user_of(request))
        return Response({"message": "If the email is not verified yet, a verification link has been sent"})
