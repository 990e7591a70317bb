"""What can be sold. An app adds the thing, its link to payments and one `Sellable`; payments does everything else.

Its methods run inside the transaction that moves the money (`payments/receivers.py` says when), so they only write
rows and enqueue work.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from core.errors import NotFound
from core.money import to_minor
from payments.invoices.bills import Parts, Seller, the_shop
from payments.models import Payment, Refund
from payments.models.ledger import Account, AnyAccount, register_accounts
from payments.payables import Payable, PaymentLink

Thing = TypeVar("Thing", bound=Payable)
Link = TypeVar("Link", bound=PaymentLink)


class Sellable(Generic[Thing, Link]):
    """How one kind of thing is sold. An app subclasses it and registers one in `AppConfig.ready`.

    Methods that get a `thing` to write on have its lock (`locked`); those that get a link of a refund have only the
    payment's. `link` always has its payment and its thing at hand.
    """

    thing: type[Thing]
    link: type[Link]
    # The accounts on which its sales stand, which together show what its payments kept; refunds are added to them.
    accounts: ClassVar[Sequence[AnyAccount]] = (
        Account.SALES,
        Account.SALES_TAX,
        Account.SHIPPING,
        Account.RECEIVABLES,
    )
    # Whether it is paid at the shop's common address for payments, which its key opens.
    has_common_address: ClassVar[bool] = True
    # Why money that `take` refuses goes back.
    refusal: ClassVar[str] = "{} could no longer be paid"

    @property
    def name(self) -> str:
        """What it is called in the books: `voucher`."""
        return self.thing.NAME

    @property
    def key(self) -> str:
        """What names it in a body: `voucher_id`."""
        return f"{self.name}_id"

    @property
    def title(self) -> str:
        """What people call it: `Voucher`."""
        return self.name.replace("_", " ").capitalize()

    # Paying.

    def payment_for(self, user: Any, pk: int) -> Payment:
        """The payment to make for the user's thing, with its intent. Raises NotFound and the app's refusals."""
        raise NotImplementedError

    def locked(self, pk: int) -> Thing:
        """The thing, locked until the transaction ends; its payment is locked before it."""
        found: Thing = self.thing._default_manager.select_for_update().get(pk=pk)
        return found

    def take(self, thing: Thing, link: Link) -> bool:
        """Take settled money for the thing and write that on it; False when it cannot have it, and it goes back."""
        raise NotImplementedError

    def counted(self, thing: Thing, link: Link) -> None:
        """The money is booked and its invoice written: the thing's next step, whose mail may carry it."""

    def declined(self, link: Link) -> None:
        """A try to pay failed; the customer may try again."""

    def refunded(self, link: Link, refund: Refund) -> None:
        """Counted money went back."""

    def returned(self, link: Link, refund: Refund) -> None:
        """Money that was never counted went back."""

    def refund_failed(self, link: Link, refund: Refund) -> None:
        """The gateway refused a refund for good: what it was for can be refunded again."""

    def disputed(self, link: Link) -> None:
        """A payer's bank questions the payment, or turns its question into a dispute."""

    # Its invoices and its books.

    def buyer(self, thing: Thing) -> Sequence[str]:
        """Name and address of who buys it, line by line, as on an envelope."""
        raise NotImplementedError

    def seller(self, thing: Thing) -> Seller:
        """In whose name it is sold; its invoices and credit notes keep the one of that moment."""
        return the_shop()

    def parts(self, thing: Thing, link: Link) -> Parts:
        """What the payment is for: the lines of its invoice, which bring its amount."""
        raise NotImplementedError

    def parts_back(self, link: Link, refund: Refund) -> Parts | None:
        """What the refund is for; None for all of the invoice at once, or one sum."""
        return None

    def credits(self, thing: Thing, link: Link, parts: Parts) -> Mapping[AnyAccount, int]:
        """The ledger lines of counted money beside its deposit, in the smallest unit; credits are below zero.

        `parts` are those of its invoice.
        """
        goods = parts.total - parts.tax - parts.shipping
        return sale(goods=goods, tax=parts.tax, shipping=parts.shipping, currency=thing.currency)

    def tax_back(self, link: Link, refund: Refund) -> int:
        """How much of the refund is tax that is not due any more, in the smallest unit."""
        return 0

    def debits(self, link: Link, refund: Refund) -> Mapping[AnyAccount, int]:
        """The ledger lines of a refund beside its deposit, in the smallest unit: what was earned is less by them."""
        tax = self.tax_back(link, refund)
        return {Account.REFUNDS: to_minor(refund.amount, refund.payment.currency) - tax, Account.SALES_TAX: tax}

    def differences(self) -> Iterator[str]:
        """What else is wrong with its books and its payments, in words."""
        yield from ()

    # Its proof, for a bank that asks.

    def facts(self, thing: Thing) -> Mapping[str, Any]:
        """What was agreed and delivered, by file name."""
        raise NotImplementedError

    def payment_facts(self, link: Link) -> Mapping[str, Any]:
        """What there is to tell of a payment beside itself."""
        return {}

    def files(self, thing: Thing) -> Mapping[str, bytes]:
        """Further files, by name."""
        return {}


def sale(*, goods: Decimal, tax: Decimal, shipping: Decimal, currency: str) -> dict[AnyAccount, int]:
    """The credits of a sale, in the smallest unit."""
    amounts = {Account.SALES: goods, Account.SALES_TAX: tax, Account.SHIPPING: shipping}
    return {account: -to_minor(amount, currency) for account, amount in amounts.items()}


_sellables: dict[str, Sellable[Any, Any]] = {}


def register(sellable: Sellable[Any, Any]) -> None:
    """From now on the thing can be paid, is booked, billed, proven and checked."""
    _sellables[sellable.key] = sellable
    register_accounts(sellable.accounts)


def registered() -> list[Sellable[Any, Any]]:
    """All that can be sold, in the order in which the apps stand."""
    return list(_sellables.values())


def payable_by_key() -> list[Sellable[Any, Any]]:
    """Those that are paid at the common address."""
    return [sellable for sellable in registered() if sellable.has_common_address]


def sellable_of(thing: Payable) -> Sellable[Any, Any]:
    """How the thing is sold."""
    return _sellables[f"{thing.NAME}_id"]


def named(name: str) -> Sellable[Any, Any] | None:
    """The sellable whose things are called so (`Payable.NAME`)."""
    return _sellables.get(f"{name}_id")


def payment_for(*, key: str, user: Any, pk: int) -> Payment:
    """The payment with which `user` pays the thing that `key` (`Sellable.key`) and `pk` name.

    Raises NotFound for a key that no app registered, as for a thing that does not exist; else what its app raises.
    """
    sellable = _sellables.get(key)
    if sellable is None or not sellable.has_common_address:
        raise NotFound(f"{key.removesuffix('_id').capitalize()} not found")
    return sellable.payment_for(user, pk)


def link_of(payment: Payment) -> tuple[Sellable[Any, Any], Any] | None:
    """What the payment pays, as its sellable and its link; None when it pays nothing that an app registered."""
    for sellable in registered():
        link = sellable.link._default_manager.filter(payment=payment).select_related(sellable.name).first()
        if link is not None:
            link.payment = payment
            return sellable, link
    return None


def things_of(payment_ids: Collection[int]) -> dict[int, Payable]:
    """What the payments pay, by their ids, in one query for each app; without those that pay nothing known."""
    return {
        link.payment_id: getattr(link, sellable.name)
        for sellable in registered()
        for link in sellable.link._default_manager.filter(payment__in=payment_ids).select_related(sellable.name)
    }


def thing_of(payment: Payment) -> Payable | None:
    """What the payment pays; None when that is not known."""
    return things_of([payment.pk]).get(payment.pk)
