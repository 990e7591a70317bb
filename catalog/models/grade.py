"""How worn a device is, and what that does to its price."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

MIN_PERCENT, MAX_PERCENT = Decimal("1"), Decimal("500")


class Condition(models.TextChoices):
    NEW = "new", "New"
    EXCELLENT = "excellent", "Excellent"
    GOOD = "good", "Good"
    FAIR = "fair", "Fair"


class GradePriceQuerySet(models.QuerySet["GradePrice"]):
    def ratio(self, *, old: str, new: str) -> Decimal:
        """What to multiply the price of grade `old` with for `new`; a grade without a row has its default percent."""
        percents = {**GradePrice.DEFAULTS, **dict(self.filter(grade__in=(old, new)).values_list("grade", "percent"))}
        return percents[new] / percents[old]


class GradePrice(models.Model):
    """What a grade costs in percent of a new device. Only the ratio of two grades counts."""

    DEFAULTS: ClassVar[dict[str, Decimal]] = {
        Condition.NEW.value: Decimal(100),
        Condition.EXCELLENT.value: Decimal(90),
        Condition.GOOD.value: Decimal(80),
        Condition.FAIR.value: Decimal(65),
    }

    grade = models.CharField(max_length=20, choices=Condition.choices, unique=True)
    percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(MIN_PERCENT), MaxValueValidator(MAX_PERCENT)],
        help_text="Of the price of a new device.",
    )

    objects = GradePriceQuerySet.as_manager()

    class Meta:
        ordering = ["-percent", "grade"]
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=Condition.values), name="grade_price_grade_is_known"),
            models.CheckConstraint(
                condition=Q(percent__gte=MIN_PERCENT, percent__lte=MAX_PERCENT), name="grade_percent_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_grade_display()}: {self.percent} %"
