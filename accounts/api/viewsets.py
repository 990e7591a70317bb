"""The address book."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import addresses
from accounts.api.inputs import AddressInput
from accounts.api.shapes import AddressListShape, ChangedAddressShape, OneAddressShape
from accounts.models import Address
from core.api.idempotency import idempotent
from core.api.shapes import MessageShape
from core.api.viewsets import ResourceViewSet


def changed(message: str, address: Address, *, status: int = 200) -> Response:
    """An address and what happened to it."""
    return Response(ChangedAddressShape.of({"message": message, "address": address}), status=status)


class AddressViewSet(ResourceViewSet):
    """The user's own addresses."""

    not_found = addresses.AddressNotFound

    def address(self) -> Address:
        """The address that the path names. Raises AddressNotFound."""
        return self.find(Address.objects.visible_to(self.user))

    @extend_schema(responses={200: AddressListShape})
    def list(self, request: Request) -> Response:
        """List all addresses, the default first."""
        return Response(AddressListShape.of({"addresses": Address.objects.visible_to(self.user)}))

    @extend_schema(request=AddressInput, responses={201: ChangedAddressShape})
    @idempotent(one_transaction=True)
    def create(self, request: Request) -> Response:
        """Add an address; the first is the default."""
        address = addresses.add_address(user=self.user, **self.validated(AddressInput))
        return changed("Address created successfully", address, status=201)

    @extend_schema(responses={200: OneAddressShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at an address."""
        return Response(OneAddressShape.of({"address": self.address()}))

    @extend_schema(request=AddressInput, responses={200: ChangedAddressShape})
    def update(self, request: Request, pk: int) -> Response:
        """Write the address anew; optional fields that are not given stay."""
        return self.change()

    @extend_schema(request=AddressInput(partial=True), responses={200: ChangedAddressShape})
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the given fields."""
        return self.change(partial=True)

    def change(self, **options: Any) -> Response:
        """Change what the body gives."""
        pk = self.address().pk
        fields = self.validated(AddressInput, **options)
        address = addresses.change_address(user=self.user, address_id=pk, **fields)
        return changed("Address updated successfully", address)

    @extend_schema(responses={200: MessageShape})
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove the address; what was sent there keeps its copy."""
        addresses.remove_address(user=self.user, address_id=pk)
        return Response(MessageShape.of({"message": "Address deleted successfully"}))

    @extend_schema(request=None, responses={200: ChangedAddressShape})
    @action(detail=True, methods=["put", "post"])
    def default(self, request: Request, pk: int) -> Response:
        """Make this address the default; the one before is not any more."""
        address = addresses.make_default(user=self.user, address_id=pk)
        return changed("Default address updated successfully", address)
