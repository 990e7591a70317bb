"""Which rental a request means."""

from typing import Any

from payments.models import Payment
from rentals.errors import RentalNotFound
from rentals.models import Rental
from rentals.money.paying import payment_intent_for


def find_rental(user: Any, rental_id: int, *, whole: bool = False) -> Rental:
    """The rental, when this user may see it. Raises RentalNotFound."""
    return first(Rental.objects.visible_to(user), rental_id, whole=whole)


def own_rental(user: Any, rental_id: int) -> Rental:
    """The user's own rental: what only the customer may do, nobody does for them. Raises RentalNotFound."""
    return first(Rental.objects.filter(user=user), rental_id)


def first(rentals: Any, rental_id: int, *, whole: bool = False) -> Rental:
    """The rental of that id among `rentals`, with its schedule or with everything. Raises RentalNotFound."""
    rental = (rentals.whole() if whole else rentals.with_schedule()).filter(pk=rental_id).first()
    if rental is None:
        raise RentalNotFound
    return rental


def pay_rental(user: Any, rental_id: int) -> Payment:
    """The payment of the next installment, for the first clients' addresses."""
    return payment_intent_for(rental=find_rental(user, rental_id), purpose="installment")
