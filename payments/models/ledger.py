"""The ledger: double entry, appended and never changed. Triggers of the database hold that, too."""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeAlias

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.money import CurrencyField
from payments.models.payment import Payment


class Account(models.TextChoices):
    """The accounts of every shop. A debit is positive, a credit negative: what was earned stands below zero.

    An app that earns something else adds accounts of its own (`register_accounts`).
    """

    CLEARING = "gateway_clearing", "Money at the gateway"
    CASH = "cash", "Money taken by hand"
    BANK = "bank", "Paid out to the bank"
    RECEIVABLES = "receivables", "Owed by customers"
    DEPOSITS = "deposits", "Received, not yet applied"
    SALES = "sales", "Sales"
    SALES_TAX = "sales_tax", "Sales tax to pay"
    SHIPPING = "shipping", "Shipping"
    REFUNDS = "refunds", "Refunds"
    DISPUTES = "disputes", "Disputes"
    GATEWAY_FEES = "gateway_fees", "Fees of the gateway"


AnyAccount: TypeAlias = Account | models.TextChoices
_of_apps: dict[str, AnyAccount] = {}


def register_accounts(those: Iterable[AnyAccount]) -> None:
    """From now on these can be booked on. A name has at most 20 letters."""
    _of_apps.update({account.value: account for account in those if account not in Account.values})


def accounts() -> list[AnyAccount]:
    """All accounts in their order; what the apps earn stands beside the sales."""
    place = list(Account).index(Account.REFUNDS)
    return [*list(Account)[:place], *_of_apps.values(), *list(Account)[place:]]


def account_choices() -> list[tuple[str, str]]:
    """All accounts with their names. A function, so that the migrations need not list them."""
    return [(account.value, str(account.label)) for account in accounts()]


def account_label(value: str) -> str:
    """The account's name; the value of one that no app registers any more."""
    return dict(account_choices()).get(value, value)


class Frozen(Exception):
    """What was booked cannot be changed. A mistake is mended by a further entry."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **values: Any) -> NoReturn:
        """Refuse."""
        raise Frozen("Ledger rows are never changed.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise Frozen("Ledger rows are never deleted.")


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to change."""
        if self.pk is not None:
            raise Frozen("Ledger rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Frozen("Ledger rows are never deleted.")


class LedgerEntry(AppendOnly):
    """Something that moved money or a claim; its lines sum to zero.

    `key` says what it books ("payment-settled:12"), so that it is booked once. `subject` is what the money is for:
    `Payable.holder`, or nothing (yet).
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="ledger_entries")
    currency = CurrencyField()
    memo = models.CharField(max_length=200, blank=True)
    booked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=["subject", "id"], name="ledger_entry_of_subject"),
            models.Index(fields=["booked_at"], name="ledger_entry_by_day"),
            models.Index(fields=["kind", "id"], name="ledger_entry_of_kind"),
        ]

    def __str__(self) -> str:
        return f"Entry {self.pk}: {self.title}"

    @property
    def title(self) -> str:
        """What was booked, in words: `Payment settled`."""
        return self.kind.replace("_", " ").capitalize()


class LedgerLine(AppendOnly):
    """One side of an entry: an account and a signed amount in the currency's smallest unit."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=20, choices=account_choices)
    amount = models.BigIntegerField(help_text="Debit above zero, credit below; in the smallest unit.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_line_moves_something"),
            models.UniqueConstraint(fields=["entry", "account"], name="ledger_account_once_an_entry"),
        ]
        indexes = [models.Index(fields=["account", "id"], name="ledger_line_of_account")]

    def __str__(self) -> str:
        return f"{self.get_account_display()}: {self.amount}"


class DayClosing(AppendOnly):
    """What a day ended with, and every difference to the gateway's books, explained or named.

    `figures` has for each currency `accounts` (opening, debit, credit and closing by account) and `gateways` (fees,
    net and a sum for each kind of movement by gateway), in the smallest unit. A difference has `what`, `amount`,
    `currency`, `gateway`, `why`, and `explained`.
    """

    day = models.DateField(unique=True)
    figures = models.JSONField()
    differences = models.JSONField(default=list)
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"Closing of {self.day}"


class ClosingGate(models.Model):
    """One row, locked by whoever closes a day, and by whoever books into a day that is over.

    So nothing slips into a day while its figures are summed. It is locked before the rows of the ledger.
    """

    def __str__(self) -> str:
        return "The gate of the closings"
