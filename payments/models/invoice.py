"""Invoices and credit notes: numbered without gaps, frozen when they are written."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from core.money import CurrencyField, MoneyField
from payments.models.ledger import AppendOnly, AppendOnlyQuerySet
from payments.models.payment import Payment, Refund


class InvoiceKind(models.TextChoices):
    """What asks for money, and what takes such a document back, in whole or in part."""

    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"


class NumberSeries(models.Model):
    """The last number given away of a kind in a year.

    Its row is locked by whoever takes a number until their transaction ends: a number is used by what is committed,
    and by nothing else. It is locked last, so that its holder waits for no other lock.
    """

    kind = models.CharField(max_length=12, choices=InvoiceKind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}: {self.last}"


class InvoiceQuerySet(AppendOnlyQuerySet):
    """Questions about invoices."""

    def about(self, subject: str) -> "InvoiceQuerySet":
        """Those of a thing (`Payable.holder`), oldest first."""
        return self.filter(subject=subject).order_by("pk")

    def of_kind(self, kind: str) -> "InvoiceQuerySet":
        """Invoices alone, or credit notes alone."""
        return self.filter(kind=kind)


class Invoice(AppendOnly):
    """The document of a counted payment, or (a credit note) of a refund of it.

    `data` holds everything that stands on it, as plain JSON with amounts as strings, and `data_sha256` is the
    SHA-256 of its canonical form: what is printed follows from it alone, whatever happens to products, addresses
    and settings later. `subject` is what it is for, as in the ledger.
    """

    kind = models.CharField(max_length=12, choices=InvoiceKind.choices)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=20, unique=True)
    subject = models.CharField(max_length=40, db_index=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="invoices")
    # The payment again, of an invoice only: a unique column, so that a payment has one.
    invoice_of = models.OneToOneField(
        Payment, null=True, editable=False, on_delete=models.PROTECT, related_name="invoice"
    )
    refund = models.OneToOneField(Refund, null=True, on_delete=models.PROTECT, related_name="credit_note")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="credit_notes")
    amount = MoneyField()
    currency = CurrencyField()
    data = models.JSONField(editable=False)
    data_sha256 = models.CharField("SHA-256 of the data", max_length=64)
    issued_at = models.DateTimeField()

    objects: ClassVar[Any] = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "sequence"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, sequence__gt=0), name="invoice_is_positive"),
            models.CheckConstraint(
                condition=Q(
                    kind="invoice", invoice_of__isnull=False, refund__isnull=True, corrects__isnull=True
                ) | Q(kind="credit_note", invoice_of__isnull=True, refund__isnull=False, corrects__isnull=False),
                name="invoice_or_credit_note",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes back what an invoice asked for."""
        return self.kind == InvoiceKind.CREDIT_NOTE

    @property
    def file_name(self) -> str:
        """What its PDF is called."""
        return f"{self.kind.replace('_', '-')}-{self.number.removeprefix('CN-')}.pdf"

    @property
    def reason(self) -> str:
        """Why money went back; "" for an invoice."""
        said: Any = self.data.get("reason", "")
        return str(said)


class InvoiceDocument(AppendOnly):
    """The PDF of an invoice, made when it was first asked for; from then on these bytes are the invoice."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="document")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"PDF of {self.invoice}"
