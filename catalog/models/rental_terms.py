"""For how long a product can be rented, and what each term costs."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from catalog.models.product import Product
from core.money import CENT, MoneyField

MOST_MONTHS = 120
MIN_FACTOR, MAX_FACTOR = Decimal("0.01"), Decimal("10")


class RentalTermQuerySet(models.QuerySet["RentalTerm"]):
    def factors(self) -> dict[int, Decimal]:
        """The factor of each term on offer by its months, the shortest first; one without a row has its default."""
        factors: dict[int, Decimal | None] = dict(RentalTerm.DEFAULTS)
        for months, factor, is_active in self.values_list("months", "factor", "is_active"):
            factors[months] = factor if is_active else None
        return {months: factor for months, factor in sorted(factors.items()) if factor is not None}


class RentalTerm(models.Model):
    """A term on offer. Its total is `factor` times that of the base term (`RENTAL_BASE_MONTHS`)."""

    DEFAULTS: ClassVar[dict[int, Decimal]] = {
        3: Decimal(1),
        6: Decimal(1),
        12: Decimal(1),
        18: Decimal("1.10"),
        24: Decimal("1.20"),
        36: Decimal("1.35"),
    }

    months = models.PositiveSmallIntegerField(
        unique=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    )
    factor = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(MIN_FACTOR), MaxValueValidator(MAX_FACTOR)],
        help_text="What all its months cost, as a multiple of what the base term costs.",
    )
    is_active = models.BooleanField("on offer", default=True)

    objects = RentalTermQuerySet.as_manager()

    class Meta:
        ordering = ["months"]
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=MOST_MONTHS), name="rental_term_months"),
            models.CheckConstraint(
                condition=Q(factor__gte=MIN_FACTOR, factor__lte=MAX_FACTOR), name="rental_term_factor_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months} months"


class RentalRate(models.Model):
    """A product's own monthly rate for a term, instead of the one that follows from the term's factor."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="rental_rates")
    months = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)])
    monthly_rate = MoneyField(validators=[MinValueValidator(CENT)])

    class Meta:
        ordering = ["months"]
        constraints = [
            models.UniqueConstraint(fields=["product", "months"], name="rental_rate_once"),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=MOST_MONTHS), name="rental_rate_months"),
            models.CheckConstraint(condition=Q(monthly_rate__gt=0), name="rental_rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.months} months at {self.monthly_rate}"
