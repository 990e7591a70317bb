"""Rentals: list, quote, create, look at, cancel, return, figures."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.pagination import paginate
from core.api.schema import errors
from core.api.views import ApiView
from core.clients import address_of
from core.errors import InvalidInput
from rentals import answers
from rentals.contracts.services import record_shown
from rentals.lifecycle import offers, services
from rentals.lifecycle.creating import create_rental
from rentals.models import Rental
from rentals.serializers import (
    NotesBody,
    QuoteBody,
    RentalBody,
    contract_json,
    quote_json,
    rental_detail_json,
    rental_with_payments_json,
)
from rentals.stats import stats_of
from rentals.views.finding import find_rental

LIST_PARAMETERS = [
    OpenApiParameter("status", str, enum=Rental.Status.values),
    OpenApiParameter("page", int),
    OpenApiParameter("per_page", int),
]


def show_contract(request: Request, rental: Rental) -> None:
    """Write down that the customer was shown the contract, the first time; staff who look are not the customer."""
    if rental.user_id == request.user.pk and not rental.is_signed:
        agent = request.headers.get("User-Agent", "")
        record_shown(contract=rental.contract, ip=address_of(request._request), user_agent=agent)


class Rentals(ApiView):
    """The user's own rentals."""

    @extend_schema(parameters=LIST_PARAMETERS, responses={200: answers.RentalListAnswer, **errors(400)})
    def get(self, request: Request) -> Response:
        """A page of them, newest first."""
        rentals = Rental.objects.filter(user=self.user).with_schedule()
        if status := request.query_params.get("status"):
            rentals = rentals.filter(status=known_status(status))
        page = paginate(request, rentals)
        return Response(
            {"rentals": [rental_with_payments_json(rental) for rental in page.items], "pagination": page.meta}
        )

    @extend_schema(request=RentalBody, responses={201: answers.RentalCreatedAnswer, **errors(404)})
    @idempotent(one_transaction=True)
    def post(self, request: Request) -> Response:
        """Rent a product: its device is held, and the contract written, to be read and signed."""
        made = create_rental(user=self.user, **self.validated(RentalBody))
        rental = find_rental(self.user, made.pk, whole=True)
        show_contract(request, rental)
        return Response(
            {
                "message": "Rental contract created successfully",
                "rental": rental_with_payments_json(rental),
                "contract": contract_json(rental.contract),
            },
            status=201,
        )


def known_status(status: str) -> str:
    """The status to filter by. Raises InvalidInput for one that does not exist."""
    if status not in Rental.Status.values:
        message = f"status: one of {', '.join(Rental.Status.values)}."
        raise InvalidInput(message, details={"status": [message]})
    return status


class RentalQuote(ApiView):
    """What renting costs; also for visitors."""

    permission_classes = [AllowAny]

    @extend_schema(request=QuoteBody, responses={200: answers.RentalQuoteAnswer, **errors(404)})
    def post(self, request: Request) -> Response:
        """The whole cost of a rental that would begin today, by the rules of that place."""
        product, figures = offers.quote(today=timezone.localdate(), **self.validated(QuoteBody))
        return Response(quote_json(product, figures))


class RentalDetails(ApiView):
    """One rental."""

    @extend_schema(responses={200: answers.RentalDetailAnswer})
    def get(self, request: Request, rental_id: int) -> Response:
        """The whole of it: contract, schedule, payments, history."""
        rental = find_rental(self.user, rental_id, whole=True)
        show_contract(request, rental)
        return Response({"rental": rental_detail_json(rental, now=timezone.now())})


class CancelRental(ApiView):
    """Cancels while the contract is not signed."""

    @extend_schema(request=NotesBody, responses={200: answers.RentalMadeAnswer})
    @idempotent()
    def post(self, request: Request, rental_id: int) -> Response:
        """Cancel; what was paid goes back. 400 once it is signed: then it can be returned."""
        rental = find_rental(self.user, rental_id)
        note = self.validated(NotesBody).get("notes") or "Rental cancelled"
        services.cancel_rental(rental=rental, by=self.user, note=note)
        rental = find_rental(self.user, rental_id)
        message = f"Rental for {rental.product_name} cancelled successfully"
        return Response({"message": message, "rental": rental_with_payments_json(rental)})


class ReturnRental(ApiView):
    """Ends a running rental."""

    @extend_schema(request=NotesBody, responses={200: answers.RentalMadeAnswer})
    @idempotent()
    def post(self, request: Request, rental_id: int) -> Response:
        """Nothing more is charged from this moment on; the device is to be sent back."""
        rental = find_rental(self.user, rental_id)
        note = self.validated(NotesBody).get("notes") or "Returned by the customer"
        services.return_rental(rental=rental, by=self.user, note=note)
        rental = find_rental(self.user, rental_id)
        message = f"Rental for {rental.product_name} ended. Please send the device back."
        return Response({"message": message, "rental": rental_with_payments_json(rental)})


class RentalStats(ApiView):
    """Figures about the user's own rentals."""

    @extend_schema(responses={200: answers.RentalStatsAnswer})
    def get(self, request: Request) -> Response:
        """Counts by status, money spent, the next payments."""
        return Response(stats_of(self.user))
