"""The calls about a rental's contract and its documents."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.documents.answers import PDF, pdf
from rentals.api import shapes
from rentals.api.base import RentalCalls, client_facts
from rentals.api.inputs import SignatureInput
from rentals.contracts.services import contract_document, ownership_document
from rentals.lifecycle import services
from rentals.models import Rental


class ContractCalls(RentalCalls):
    """Signing the contract, and its documents."""

    @extend_schema(request=SignatureInput, responses={200: shapes.SignedContractShape})
    @action(detail=True, methods=["post"], url_path="sign-contract")
    @idempotent(one_transaction=True)
    def sign_contract(self, request: Request, pk: int) -> Response:
        """Sign what was shown; the rental begins. 400 when it was signed before, or was never shown."""
        rental = self.own_rental()
        signature = self.validated(SignatureInput)
        contract = services.sign_contract(rental=rental, by=self.user, **client_facts(request), **signature)
        message = "Rental contract signed successfully"
        answer = {"message": message, "signed_at": contract.signed_at, "contract": contract}
        return Response(shapes.SignedContractShape.of(answer))

    @extend_schema(responses=PDF)
    @action(detail=True, url_path="contract.pdf")
    def contract_pdf(self, request: Request, pk: int) -> HttpResponse:
        """Fetch the contract, once signed the signed copy; the same bytes each time."""
        return self.contract_answer()

    @extend_schema(responses=PDF, deprecated=True)
    @action(detail=True)
    def contract(self, request: Request, pk: int) -> HttpResponse:
        """Fetch the contract, at the first clients' address."""
        return self.contract_answer()

    def contract_answer(self) -> HttpResponse:
        rental = self.rental_with_contract()
        return pdf(bytes(contract_document(rental.contract).content), name=f"rental-{rental.pk}-contract.pdf")

    @extend_schema(responses=PDF)
    @action(detail=True, url_path="ownership.pdf")
    def ownership_pdf(self, request: Request, pk: int) -> HttpResponse:
        """Fetch the certificate of ownership; 404 until the rental is completed."""
        rental = self.find(Rental.objects.visible_to(self.user).with_details())
        return pdf(bytes(ownership_document(rental).content), name=f"rental-{rental.pk}-ownership.pdf")
