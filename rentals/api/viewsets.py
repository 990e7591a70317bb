"""Rentals: list, quote, create, look at, cancel, return, figures; their contracts and their money."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.schema import errors
from rentals.api import shapes
from rentals.api.contracts import ContractCalls
from rentals.api.inputs import NotesInput, QuoteInput, RentalInput, RentalListInput
from rentals.api.money import AutopayCalls, MoneyCalls
from rentals.api.quotes import RentalQuoteShape
from rentals.lifecycle import offers, services
from rentals.lifecycle.creating import create_rental
from rentals.lifecycle.stats import stats_of
from rentals.models import Rental
from rentals.rules.disclosure import as_json


class RentalViewSet(ContractCalls, MoneyCalls, AutopayCalls):
    """A customer's rentals; staff reach those of all."""

    @extend_schema(parameters=[RentalListInput], responses={200: shapes.RentalPageShape})
    def list(self, request: Request) -> Response:
        """List the user's own rentals, newest first."""
        rentals = Rental.objects.filter(user=self.user, **self.query(RentalListInput)).with_schedule()
        return Response(shapes.RentalPageShape.of(self.page("rentals", rentals)))

    @extend_schema(request=RentalInput, responses={201: shapes.CreatedRentalShape, **errors(404)})
    @idempotent(one_transaction=True)
    def create(self, request: Request) -> Response:
        """Rent a product: its device is held, and the contract written, to be read and signed."""
        made = create_rental(user=self.user, **self.validated(RentalInput))
        rental = self.find(Rental.objects.with_details(), pk=made.pk)
        self.show_contract(rental)
        message = "Rental contract created successfully"
        answer = {"message": message, "rental": rental, "contract": rental.contract}
        return Response(shapes.CreatedRentalShape.of(answer), status=201)

    @extend_schema(responses={200: shapes.OneRentalShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at a rental: contract, schedule, payments, history."""
        return Response(shapes.OneRentalShape.of({"rental": self.rental_with_contract()}))

    @extend_schema(request=QuoteInput, responses={200: RentalQuoteShape, **errors(404)})
    @action(detail=False, methods=["post"], permission_classes=[AllowAny])
    def quote(self, request: Request) -> Response:
        """Quote the whole cost of a rental that would begin today, by the rules of that place."""
        product, figures = offers.quote(today=timezone.localdate(), **self.validated(QuoteInput))
        answer = {"product_id": product.pk, "product_name": product.name, **as_json(figures)}
        return Response(RentalQuoteShape.of(answer))

    @extend_schema(responses={200: shapes.RentalStatsShape})
    @action(detail=False)
    def stats(self, request: Request) -> Response:
        """Count the user's own rentals by status, with the money spent and the next payments."""
        return Response(shapes.RentalStatsShape.of(stats_of(self.user)))

    @extend_schema(request=NotesInput, responses={200: shapes.ChangedRentalShape})
    @action(detail=True, methods=["post"])
    @idempotent()
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel; what was paid goes back. 400 once it is signed: then it can be returned."""
        rental = self.rental()
        note = self.validated(NotesInput).get("notes") or "Rental cancelled"
        services.cancel_rental(rental=rental, by=self.user, note=note)
        return self.changed(f"Rental for {rental.product_name} cancelled successfully")

    @extend_schema(request=NotesInput, responses={200: shapes.ChangedRentalShape})
    @action(detail=True, methods=["post"], url_path="return")
    @idempotent()
    def return_device(self, request: Request, pk: int) -> Response:
        """End a running rental: nothing more is charged from now on, and the device is to be sent back."""
        rental = self.rental()
        note = self.validated(NotesInput).get("notes") or "Returned by the customer"
        services.return_rental(rental=rental, by=self.user, note=note)
        return self.changed(f"Rental for {rental.product_name} ended. Please send the device back.")

    def changed(self, message: str) -> Response:
        return Response(shapes.ChangedRentalShape.of({"message": message, "rental": self.rental()}))
