"""The address book."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import address_book
from accounts.authentication import user_of
from accounts.models import Address
from accounts.serializers import AddressBody, AddressFields, AddressListBody, ChangedAddressBody
from core.api.idempotency import idempotent
from core.api.schema import MessageBody
from core.api.views import ApiView


def changed(message: str, address: Address, *, status: int = 200) -> Response:
    """An address and what happened to it."""
    return Response({"message": message, "address": AddressFields(address).data}, status=status)


class AddressListView(ApiView):
    """GET, POST: the user's addresses."""

    @extend_schema(responses={200: AddressListBody})
    def get(self, request: Request) -> Response:
        """All addresses, the default first."""
        addresses = Address.objects.visible_to(user_of(request))
        return Response({"addresses": AddressFields(addresses, many=True).data})

    @extend_schema(request=AddressFields, responses={201: ChangedAddressBody})
    @idempotent(one_transaction=True)
    def post(self, request: Request) -> Response:
        """Add an address; the first is the default."""
        address = address_book.add_address(user=user_of(request), **self.validated(AddressFields))
        return changed("Address created successfully", address, status=201)


class AddressView(ApiView):
    """GET, PUT, PATCH, DELETE: one address of the user."""

    @extend_schema(responses={200: AddressBody})
    def get(self, request: Request, address_id: int) -> Response:
        """The address."""
        address = address_book.find_address(user=user_of(request), address_id=address_id)
        return Response({"address": AddressFields(address).data})

    @extend_schema(request=AddressFields, responses={200: ChangedAddressBody})
    def put(self, request: Request, address_id: int) -> Response:
        """Write the address anew; optional fields that are not given stay."""
        return self.change(address_id)

    @extend_schema(request=AddressFields(partial=True), responses={200: ChangedAddressBody})
    def patch(self, request: Request, address_id: int) -> Response:
        """Change the given fields."""
        return self.change(address_id, partial=True)

    def change(self, address_id: int, **options: Any) -> Response:
        """Change what the body gives."""
        user = user_of(self.request)
        address_book.find_address(user=user, address_id=address_id)
        fields = self.validated(AddressFields, **options)
        address = address_book.change_address(user=user, address_id=address_id, **fields)
        return changed("Address updated successfully", address)

    @extend_schema(responses={200: MessageBody})
    def delete(self, request: Request, address_id: int) -> Response:
        """Remove the address; what was sent there keeps its copy."""
        address_book.remove_address(user=user_of(request), address_id=address_id)
        return Response({"message": "Address deleted successfully"})


class DefaultAddressView(ApiView):
    """PUT, POST: which address is the default."""

    @extend_schema(request=None, responses={200: ChangedAddressBody})
    def put(self, request: Request, address_id: int) -> Response:
        """Make this address the default; the one before is not any more."""
        address = address_book.make_default(user=user_of(request), address_id=address_id)
        return changed("Default address updated successfully", address)

    @extend_schema(request=None, responses={200: ChangedAddressBody})
    def post(self, request: Request, address_id: int) -> Response:
        """As PUT."""
        return self.put(request, address_id)
