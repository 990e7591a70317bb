"""A new rental: terms from the catalogue, a device held, schedule and contract written, in one transaction."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from accounts.models import Address, User
from catalog import stock
from catalog.models import Device, Product
from catalog.rental_terms import Term
from core.db import transactional
from rentals.contracts import services as contracts
from rentals.errors import AddressNotFound
from rentals.lifecycle import offers
from rentals.models import Installment, Rental
from rentals.rules.packs import RulePack, as_json
from rentals.rules.schedule import DuePayment, end_date


@transactional
def create_rental(*, user: User, product_id: int, total_months: int, address_id: int) -> Rental:
    """Rent a product for a term, from today, delivered to one of the user's addresses.

    Raises ProductNotFound, AddressNotFound, NotRentable, UnknownTerm, OutOfStock; then nothing is changed.
    """
    product = offers.rentable_product(product_id)
    term = offers.offered_term(product, total_months)
    address = own_address(user, address_id)
    today = timezone.localdate()
    pack = offers.pack_in_force(country=address.country, state=address.state, on=today)
    shown = offers.figures(product=product, term=term, pack=pack, start_date=today)
    rental = build_rental(user=user, product=product, address=address, term=term, start=today, pack=pack)
    rental.save(force_insert=True)
    hold_device(rental, product)
    write_schedule(rental, shown.payments)
    contracts.write_contract(rental=rental, disclosure=shown, pack=pack)
    rental.begin(by=user, note="Rental contract created")
    return rental


def own_address(user: User, address_id: int) -> Address:
    address = Address.objects.visible_to(user).filter(pk=address_id).first()
    if address is None:
        raise AddressNotFound
    return address


def build_rental(
    *, user: User, product: Product, address: Address, term: Term, start: date, pack: RulePack
) -> Rental:
    return Rental(
        user=user,
        product=product,
        product_name=product.name,
        sku=product.sku,
        image_url=product.picture_url,
        currency=product.currency,
        cash_price=product.price,
        monthly_rate=term.monthly_rate,
        total_months=term.months,
        total_amount=term.total,
        start_date=start,
        end_date=end_date(start, term.months),
        address_ref=address,
        address=address.as_snapshot(),
        pack=as_json(pack),
    )


def hold_device(rental: Rental, product: Product) -> None:
    """Take a piece; where the product's devices have serials, one very device for the contract. Raises OutOfStock."""
    stock.take({product.pk: 1}, holder=rental.holder, by=rental.user)
    rental.device = Device.objects.held_by(rental.holder).first()
    if rental.device is not None:
        rental.save(update_fields=["device"])


def write_schedule(rental: Rental, payments: Sequence[DuePayment]) -> None:
    Installment.objects.bulk_create(
        Installment(
            rental=rental, number=due.number, due_date=due.due_date, amount=due.amount, charge_on=due.due_date
        )
        for due in payments
    )
