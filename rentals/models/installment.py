"""The schedule, and the money that pays it."""

from datetime import date

from django.db import models
from django.db.models import Q

from core.money import ZERO, MoneyField
from payments.models import Payment
from payments.payables import PaymentLink
from rentals.models.rental import Rental


class RentalPayment(PaymentLink):
    """The link between a payment and the rental that it pays.

    `reported_at` says that a client has named it in make-payment or buyout, which it may do once, or again with the
    same Idempotency-Key (`reported_key` is its digest).
    """

    class Purpose(models.TextChoices):
        INSTALLMENT = "installment", "Installment"
        BUYOUT = "buyout", "Buyout"

    rental = models.ForeignKey(Rental, on_delete=models.PROTECT, related_name="rental_payments")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="rental_payment")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    fee_total = MoneyField(default=ZERO)
    # The basis of a buyout's price: it holds until then, unless a payment changes it before.
    quoted_payments_made = models.PositiveSmallIntegerField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_key = models.CharField(max_length=64, blank=True, default="", editable=False)
    # The rental's id once this payment bought it out: a unique column, so that a rental is bought out once.
    bought_out = models.OneToOneField(
        Rental, null=True, editable=False, on_delete=models.PROTECT, related_name="buyout_payment"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="installment") | Q(quoted_payments_made__isnull=False, valid_until__isnull=False),
                name="rental_buyout_has_quote",
            ),
            models.CheckConstraint(condition=Q(fee_total__gte=0), name="rental_payment_fee_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} of rental #{self.rental_id}"


class Installment(models.Model):
    """One month's payment. Number, day and amount stand in the contract and never change.

    `charge_on` is the day of autopay's next attempt; empty while one is under way, and after one that
    will not be repeated by itself.
    """

    class State(models.TextChoices):
        """Whether it is to pay. A rental that ends before its time closes what is left."""

        OPEN = "open", "Open"
        PAID = "paid", "Paid"
        CLOSED = "closed", "No longer due"

    rental = models.ForeignKey(Rental, on_delete=models.CASCADE, related_name="installments")
    number = models.PositiveSmallIntegerField()
    due_date = models.DateField()
    amount = MoneyField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN, editable=False)
    charge_on = models.DateField(null=True, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)
    # Unique: one payment pays one installment, and an installment has one payment.
    paid_with = models.OneToOneField(
        RentalPayment, null=True, editable=False, on_delete=models.PROTECT, related_name="installment"
    )
    # Unique: autopay has one payment, and so one charge, for an installment, ever.
    autopay_payment = models.OneToOneField(
        RentalPayment, null=True, editable=False, on_delete=models.PROTECT, related_name="autopay_installment"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["rental", "number"], name="installment_number_once"),
            models.UniqueConstraint(fields=["rental", "due_date"], name="installment_day_once"),
            models.CheckConstraint(condition=Q(number__gt=0, amount__gt=0), name="installment_is_positive"),
            models.CheckConstraint(
                condition=Q(state="paid", paid_with__isnull=False, paid_at__isnull=False)
                | (~Q(state="paid") & Q(paid_with__isnull=True, paid_at__isnull=True)),
                name="installment_paid_has_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_date"], name="installment_due"),
            models.Index(fields=["state", "charge_on"], name="installment_to_charge"),
        ]

    def __str__(self) -> str:
        return f"Installment {self.number} of rental #{self.rental_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_paid(self) -> bool:
        return self.state == self.State.PAID

    def is_late(self, *, today: date) -> bool:
        return self.is_open and self.due_date < today

    def days_late(self, *, today: date) -> int:
        """How many days ago it was due; 0 when it is not late."""
        return (today - self.due_date).days if self.is_late(today=today) else 0
