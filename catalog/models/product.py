"""What the shop sells and rents out, how it is grouped and found."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from catalog.errors import GradeTaken, SkuTaken
from catalog.models.grade import Condition
from catalog.models.querysets import ProductQuerySet, WishlistQuerySet
from core.money import ZERO, CurrencyField, MoneyField

COLLATIONS = {"mysql": "utf8mb4_bin"}


class Category(models.Model):
    """A kind of device. The slug is what the API calls the category."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """A maker. Two spellings with one slug are one brand."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something that can be bought, and rented when it is rentable.

    `inventory_count` changes only by `catalog.stock`, which notes each change as a StockMovement; that of a
    serialised product is the number of its devices in stock. Other grades of the same thing are products of their
    own, which point to the family's first one by `variant_of`.
    """

    name = models.CharField(max_length=200)
    sku = models.CharField(
        "SKU",
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._/-]*\Z", "A SKU has letters, digits and . _ / - only.")
        ],
    )
    description = models.TextField(blank=True, max_length=10_000)
    price = MoneyField(validators=[MinValueValidator(ZERO)])
    rental_price = MoneyField(
        null=True,
        blank=True,
        validators=[MinValueValidator(ZERO)],
        help_text="A month's rate in the base term; empty: not for rent.",
    )
    currency = CurrencyField(editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="products")
    condition = models.CharField(max_length=20, choices=Condition.choices, default=Condition.GOOD)
    specifications = models.JSONField(default=dict, blank=True)
    inventory_count = models.PositiveIntegerField("in stock", default=0)
    is_serialized = models.BooleanField(
        "tracked by serial number", default=False, help_text="Each piece is a device with a serial number."
    )
    variant_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="variants",
        verbose_name="another grade of",
        help_text="The first product of the family. Devices that come back in another grade stay in the family.",
    )
    is_rentable = models.BooleanField("for rent", default=False)
    is_featured = models.BooleanField("featured", default=False)
    image_url = models.CharField(max_length=500, blank=True)
    image = models.ImageField("picture", upload_to="products", blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()
    rental_terms: list[Any]  # what `catalog.rental_terms.with_terms` found

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(
                condition=Q(rental_price__isnull=True) | Q(rental_price__gte=0),
                name="product_rate_not_negative",
            ),
            models.CheckConstraint(condition=Q(inventory_count__gte=0), name="product_stock_not_negative"),
            models.CheckConstraint(
                condition=Q(is_rentable=False) | Q(rental_price__isnull=False),
                name="product_for_rent_has_rate",
            ),
            models.CheckConstraint(condition=Q(condition__in=Condition.values), name="product_condition_is_known"),
            models.UniqueConstraint(fields=["variant_of", "condition"], name="product_grade_once"),
        ]
        indexes = [
            models.Index(fields=["archived_at", "-is_featured", "-id"], name="product_featured"),
            models.Index(fields=["archived_at", "price", "id"], name="product_by_price"),
            models.Index(fields=["archived_at", "name", "id"], name="product_by_name"),
            models.Index(fields=["archived_at", "category", "-id"], name="product_by_category"),
            models.Index(fields=["archived_at", "brand", "-id"], name="product_by_brand"),
            # Counts and facets read this index alone, never the rows.
            models.Index(
                fields=["archived_at", "category", "brand", "condition", "is_rentable", "inventory_count", "price"],
                name="product_filters",
            ),
            models.Index(fields=["image_url"], name="product_by_picture"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def family_id(self) -> int:
        """The key of the first product of which this one is another grade, or its own."""
        return self.variant_of_id or self.pk

    def save_or_refuse(self, *, columns: Iterable[str] | None = None) -> None:
        """Write the row, all of it or only `columns`. Raises SkuTaken, GradeTaken, also when another was quicker."""
        if columns is None or "sku" in columns:
            self.refuse_taken_sku()
        try:
            with transaction.atomic():
                self.save(update_fields=columns)
        except IntegrityError:
            self.refuse_taken_sku()
            self.refuse_taken_grade()
            raise

    def refuse_taken_sku(self) -> None:
        """Raise SkuTaken when another product has this SKU, in whatever case."""
        if Product.objects.filter(sku__iexact=self.sku).exclude(pk=self.pk).exists():
            raise SkuTaken

    def refuse_taken_grade(self) -> None:
        """Raise GradeTaken when the family has a product of this grade already."""
        if self.variant_of_id:
            family = Product.objects.filter(variant_of=self.variant_of_id).exclude(pk=self.pk)
            if family.filter(condition=self.condition).exists():
                raise GradeTaken

    @property
    def picture_url(self) -> str:
        """Where the product's picture answers: the upload, or the drawn one."""
        return self.image.url if self.image else self.image_url

    @property
    def picture_urls(self) -> list[str]:
        return [url] if (url := self.picture_url) else []

    @property
    def specifications_text(self) -> str:
        return json.dumps(self.specifications, separators=(",", ":"), ensure_ascii=False)


class TermField(models.CharField):
    """A word that is compared character by character, as SQLite does by itself.

    MySQL's default collations hold different characters for equal, and could not tell two terms apart.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        return {**super().db_parameters(connection), "collation": COLLATIONS.get(connection.vendor)}


class SearchTerm(models.Model):
    """A word under which a product is found. One table and one query for every database."""

    pk = models.CompositePrimaryKey("term", "product_id")
    term = TermField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="search_terms", db_index=False)

    class Meta:
        # The key finds the products of a word, this index asks whether one product has it.
        indexes = [models.Index(fields=["product", "term"], name="search_term_of_product")]

    def __str__(self) -> str:
        return self.term


class WishlistItem(models.Model):
    """A product that a user wants to remember."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wishlist")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WishlistQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "product"], name="wishlist_product_once")]

    def __str__(self) -> str:
        return f"{self.product_id} of user {self.user_id}"
