"""The user's own mails: which there were, and one of them once more."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.pagination import paginate
from core.api.serializers import EmptyBody
from core.api.throttles import UserThrottle
from core.api.views import ApiView
from notifications.api import answers
from notifications.api.serializers import email_json
from notifications.outbox.resending import find_own, own_mails, resend


class ResendThrottle(UserThrottle):
    """Mails asked for once more, per user."""

    setting = "API_THROTTLE_RESEND"


class Emails(ApiView):
    """The user's own mails."""

    @extend_schema(
        parameters=[OpenApiParameter("page", int), OpenApiParameter("per_page", int)],
        responses={200: answers.EmailListAnswer},
    )
    def get(self, request: Request) -> Response:
        """A page of them, newest first, without their texts."""
        page = paginate(request, own_mails(self.user))
        return Response({"emails": [email_json(email) for email in page.items], "pagination": page.meta})


class ResendEmail(ApiView):
    """POST: send one of them again."""

    throttle_classes = [*ApiView.throttle_classes, ResendThrottle]

    @extend_schema(request=EmptyBody, responses={202: answers.ResentEmailAnswer})
    @idempotent(one_transaction=True)
    def post(self, request: Request, email_id: int) -> Response:
        """Send the mail to the same address again: 202, also when it is on its way already. A few an hour."""
        self.validated(EmptyBody)
        email = resend(email=find_own(user=self.user, email_id=email_id), by=self.user)
        return Response({"message": "The e-mail is on its way", "email": email_json(email)}, status=202)
