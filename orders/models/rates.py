"""What shipping costs and which tax applies: rows that staff edit."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.money import ZERO, MoneyField


class ShippingMethod(models.Model):
    """A way to send an order. The code is what the API calls it."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    price = MoneyField(default=ZERO, validators=[MinValueValidator(ZERO)])
    is_active = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["price", "code"]
        constraints = [models.CheckConstraint(condition=Q(price__gte=0), name="shipping_price_not_negative")]

    def __str__(self) -> str:
        return self.name


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    """Questions about tax rates."""

    def percent_for(self, *, country: str, state: str) -> Decimal:
        """The rate where the goods go: the state's, else the country's, else 0."""
        rates = self.filter(is_active=True, country=country.upper(), state__in=("", state.strip().upper()))
        best = rates.order_by("-state").values_list("percent", flat=True).first()
        return best if best is not None else ZERO


class TaxRate(models.Model):
    """Sales tax for the goods' destination, on the goods and not on their shipping."""

    country = models.CharField(max_length=2, help_text="Two letters, such as US.")
    state = models.CharField(max_length=100, blank=True, help_text="Empty: the whole country.")
    percent = models.DecimalField(
        max_digits=6, decimal_places=3, validators=[MinValueValidator(ZERO), MaxValueValidator(Decimal(100))]
    )
    is_active = models.BooleanField("in force", default=True)

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        ordering = ["country", "state"]
        constraints = [
            models.UniqueConstraint(fields=["country", "state"], name="tax_rate_once"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="tax_percent_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % in {self.state or 'all of'} {self.country}"

    def clean(self) -> None:
        """Spell places as addresses are compared: in capitals."""
        self.country, self.state = self.country.upper(), self.state.strip().upper()
