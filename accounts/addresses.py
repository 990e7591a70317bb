"""A customer's addresses. Every change locks the customer's row, so that one address is the default."""

from typing import Any

from django.utils import timezone

from accounts.models import Address, User
from core.db import transactional
from core.errors import DomainError, InvalidInput, NotFound

MAX_ADDRESSES = 50


class AddressNotFound(NotFound):
    """There is no such address, or it is another user's."""

    message = "Address not found"


class AddressBookFull(DomainError):
    """The customer has as many addresses as anybody may have."""

    code = "address_book_full"
    message = f"You can keep at most {MAX_ADDRESSES} addresses."


def find_address(*, user: User, address_id: int) -> Address:
    """The user's address. Raises AddressNotFound."""
    address = Address.objects.visible_to(user).filter(pk=address_id).first()
    if address is None:
        raise AddressNotFound
    return address


@transactional
def add_address(*, user: User, is_default: bool = False, **fields: Any) -> Address:
    """A new address; the first one is the default. Raises AddressBookFull."""
    lock_book(user)
    count = Address.objects.visible_to(user).count()
    if count >= MAX_ADDRESSES:
        raise AddressBookFull
    address = Address.objects.create(user=user, **fields)
    if is_default or not count:
        set_default(address)
    return address


@transactional
def change_address(*, user: User, address_id: int, is_default: bool | None = None, **fields: Any) -> Address:
    """Change the given fields. Raises AddressNotFound; InvalidInput for taking the default from itself."""
    lock_book(user)
    address = find_address(user=user, address_id=address_id)
    if address.is_default and is_default is False:
        raise InvalidInput.at("is_default", "Make another address the default instead.")
    for name, value in fields.items():
        setattr(address, name, value)
    address.save(update_fields=list(fields))
    if is_default:
        set_default(address)
    return address


@transactional
def make_default(*, user: User, address_id: int) -> Address:
    """Make this address the default in place of the present one. Raises AddressNotFound."""
    lock_book(user)
    address = find_address(user=user, address_id=address_id)
    set_default(address)
    return address


@transactional
def remove_address(*, user: User, address_id: int) -> None:
    """Hide the address; the newest that is left takes over as the default. Raises AddressNotFound."""
    lock_book(user)
    address = find_address(user=user, address_id=address_id)
    was_default = address.is_default
    address.hide(at=timezone.now())
    next_default = Address.objects.visible_to(user).order_by("-id").first()
    if was_default and next_default:
        set_default(next_default)


def lock_book(user: User) -> None:
    """Lock this user's addresses until the transaction ends."""
    User.objects.select_for_update().get(pk=user.pk)


def set_default(address: Address) -> None:
    """Move the mark; the book must be locked."""
    if address.is_default:
        return
    Address.objects.filter(default_of=address.user_id).update(is_default=False, default_of=None)
    address.is_default, address.default_of = True, address.user
    address.save(update_fields=["is_default", "default_of"])
