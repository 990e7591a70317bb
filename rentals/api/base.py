"""Which rental a request means."""

from typing import Any

from rest_framework.request import Request

from core.api.viewsets import ResourceViewSet
from core.web.clients import address_of
from rentals.contracts.services import record_shown
from rentals.errors import RentalNotFound
from rentals.models import Rental


def client_facts(request: Request) -> dict[str, Any]:
    """From where and with what the request comes: `ip` and `user_agent`."""
    return {"ip": address_of(request._request), "user_agent": request.headers.get("User-Agent", "")}


class RentalCalls(ResourceViewSet):
    """What all calls about one rental share."""

    not_found = RentalNotFound

    def rental(self) -> Rental:
        """The rental that the path names, with its schedule. Raises RentalNotFound."""
        return self.find(Rental.objects.visible_to(self.user).with_schedule())

    def rental_with_contract(self) -> Rental:
        """The rental with all its details. A customer who gets it was shown the contract, staff are no customer."""
        rental = self.find(Rental.objects.visible_to(self.user).with_details())
        self.show_contract(rental)
        return rental

    def own_rental(self) -> Rental:
        """The rental of the user, for what only the customer may do. Raises RentalNotFound."""
        return self.find(Rental.objects.filter(user=self.user).with_schedule().select_related("autopay__card"))

    def show_contract(self, rental: Rental) -> None:
        """Record that the customer was shown the contract, the first time."""
        if rental.user_id == self.user.pk and not rental.is_signed:
            record_shown(contract=rental.contract, **client_facts(self.request))
