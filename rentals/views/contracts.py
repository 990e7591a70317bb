"""The contract: signing it, and its documents."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import utc
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.clients import address_of
from core.documents.answers import PDF, pdf
from rentals import answers
from rentals.contracts.services import contract_document, ownership_document
from rentals.lifecycle import services
from rentals.serializers import SignBody, contract_json
from rentals.views.finding import find_rental, own_rental
from rentals.views.rentals import show_contract


class SignContract(ApiView):
    """The customer's signature; nobody signs for them."""

    @extend_schema(request=SignBody, responses={200: answers.SignedAnswer})
    @idempotent(one_transaction=True)
    def post(self, request: Request, rental_id: int) -> Response:
        """Sign what was shown; the rental begins. 400 when it was signed before, or nobody has read it."""
        contract = services.sign_contract(
            rental=own_rental(self.user, rental_id),
            by=self.user,
            ip=address_of(request._request),
            user_agent=request.headers.get("User-Agent", ""),
            **self.validated(SignBody),
        )
        return Response(
            {
                "message": "Rental contract signed successfully",
                "signed_at": utc(contract.signed_at),
                "contract": contract_json(contract),
            }
        )


class ContractPdf(ApiView):
    """The contract on paper: once signed, the signed copy."""

    @extend_schema(responses=PDF)
    def get(self, request: Request, rental_id: int) -> HttpResponse:
        """The PDF, the same bytes each time."""
        rental = find_rental(self.user, rental_id, whole=True)
        show_contract(request, rental)
        return pdf(bytes(contract_document(rental.contract).content), name=f"rental-{rental.pk}-contract.pdf")


class OwnershipPdf(ApiView):
    """The certificate of ownership."""

    @extend_schema(responses=PDF)
    def get(self, request: Request, rental_id: int) -> HttpResponse:
        """The PDF; 404 until the rental is completed."""
        rental = find_rental(self.user, rental_id, whole=True)
        return pdf(bytes(ownership_document(rental).content), name=f"rental-{rental.pk}-ownership.pdf")
