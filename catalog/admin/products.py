"""The products' pages."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from accounts.models import User
from catalog import search, services, stock
from catalog.admin.movements import latest_movements
from catalog.admin.product_forms import ProductForm
from catalog.admin.product_steps import PRODUCT_STEPS, archive, put_on_sale
from catalog.models import Product, RentalRate, RentalTerm, StockMovement
from catalog.rental_terms import all_terms, own_rates, why_not
from core.admin.badges import amount_with_currency, link
from core.admin.steps import StepsAdmin

Kind = StockMovement.Kind


class StockFilter(DropdownFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        low = settings.LOW_STOCK_LEVEL
        return [("out", "Out of stock"), ("low", f"Low (1 to {low})"), ("enough", f"More than {low}")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        low = settings.LOW_STOCK_LEVEL
        ranges: dict[str, dict[str, int]] = {
            "out": {"inventory_count": 0},
            "low": {"inventory_count__gt": 0, "inventory_count__lte": low},
            "enough": {"inventory_count__gt": low},
        }
        return queryset.filter(**ranges.get(self.value() or "", {}))


class ShelfFilter(DropdownFilter):
    title = "in the store"
    parameter_name = "shelf"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sale", "On sale"), ("archived", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        wanted = {"sale": True, "archived": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(archived_at__isnull=wanted)


class RateInline(TabularInline):
    """Rates of its own."""

    model = RentalRate
    extra = 0
    fields = ["months", "monthly_rate"]
    verbose_name_plural = "rates of its own, instead of those by the term's factor"


@admin.register(Product)
class ProductAdmin(StepsAdmin):
    """Products with stock, picture and specifications."""

    form = ProductForm
    steps = PRODUCT_STEPS
    inlines = [RateInline]
    change_form_outer_after_template = "admin/catalog/product/movements.html"
    list_display = ["product", "category", "brand", "condition", "price_label", "rate_label", "stock", "state"]
    list_display_links = ["product"]
    list_select_related = ["category", "brand"]
    list_filter = [
        ("category", RelatedDropdownFilter),
        ("brand", RelatedDropdownFilter),
        ("condition", ChoicesDropdownFilter),
        StockFilter,
        ShelfFilter,
        "is_serialized",
        "is_rentable",
        "is_featured",
    ]
    list_filter_submit = True
    search_fields = ["name", "sku"]
    search_help_text = "Name or SKU"
    actions = ["archive_chosen", "put_back_chosen"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "sku"),
                    "description",
                    ("category", "brand"),
                    ("condition", "inventory_count"),
                    ("price", "rental_price"),
                    ("is_rentable", "is_featured"),
                    "seen_at",
                ]
            },
        ),
        ("Rent", {"fields": ["terms"]}),
        ("Picture", {"fields": [("preview", "image")]}),
        ("Specifications", {"fields": ["specifications"]}),
    ]
    readonly_fields = ["preview", "tracking", "terms"]
    autocomplete_fields = ["variant_of"]

    class Media:
        js = ["giggatek/product_form.js"]

    @display(description="Product", ordering="name", header=True)
    def product(self, product: Product) -> list[Any]:
        picture = {"path": product.picture_url, "squared": True, "width": 44, "height": 44}
        return [product.name, product.sku, "", picture if product.picture_url else {}]

    @display(description="Price", ordering="price")
    def price_label(self, product: Product) -> str:
        return amount_with_currency(product.price, product.currency)

    @display(description="Monthly", ordering="rental_price", empty_value="-")
    def rate_label(self, product: Product) -> str | None:
        return amount_with_currency(product.rental_price, product.currency) if product.is_rentable else None

    @display(
        description="Stock",
        ordering="inventory_count",
        label={"out": "danger", "low": "warning", "enough": "success"},
    )
    def stock(self, product: Product) -> tuple[str, str]:
        count = product.inventory_count
        level = "enough" if count > settings.LOW_STOCK_LEVEL else "low"
        return (level, str(count)) if count else ("out", "0")

    @display(description="Status", ordering="archived_at", label={"sale": "success", "archived": "default"})
    def state(self, product: Product) -> tuple[str, str]:
        return ("archived", "Archived") if product.archived_at else ("sale", "On sale")

    @admin.display(description="In the store")
    def preview(self, product: Product) -> SafeString | str:
        if not product.pk or not product.picture_url:
            return "A picture is drawn when none is uploaded."
        return format_html('<img class="gg-preview" src="{}" alt="{}">', product.picture_url, product.name)

    @admin.display(description="By term")
    def terms(self, product: Product) -> SafeString | str:
        """What each term costs, and why one is not offered."""
        if not product.is_rentable:
            return "It is not for rent."
        terms = all_terms(product, RentalTerm.objects.factors(), own=own_rates(product))
        reasons = [(term, why_not(product, term)) for term in terms]
        context = {"terms": reasons, "currency": product.currency}
        return render_to_string("admin/catalog/product/terms.html", context)

    @admin.display(description="On the books")
    def tracking(self, product: Product) -> SafeString | str:
        if not product.is_serialized:
            return "Its pieces are counted."
        devices = f"{reverse('admin:catalog_device_changelist')}?product__id__exact={product.pk}"
        known = product.devices.count()
        return link(devices, f"{known} device{'' if known == 1 else 's'}, {product.inventory_count} in stock")

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        # Whether pieces are tracked is chosen for a new product; later it is a step (`product_steps.track`).
        main, *rest = super().get_fieldsets(request, obj)
        fields: list[Any] = ["variant_of", "tracking"] if obj else ["is_serialized", "variant_of"]
        return [main, ("Devices", {"fields": fields}), *rest]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if product := kwargs.get("obj"):
            context.update(latest_movements(product))
        return super().render_change_form(request, context, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # deleting is a step of its own (`product_steps.remove`), which archives what was ordered

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return super().get_queryset(request).select_related("category", "brand")

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        if not change:
            obj.image_url = services.drawn_picture_path(obj.sku)
        columns = [name for name in form.changed_data if name not in ("seen_at", "inventory_count")]
        obj.save_or_refuse(columns=[*columns, "updated_at"] if change else None)
        if "inventory_count" in form.changed_data:
            kind, reason = (Kind.COUNTED, "Shelf counted by staff") if change else (Kind.OPENING, "New product")
            stock.set_count(
                obj, form.cleaned_data["inventory_count"], kind=kind, reason=reason, by=cast(User, request.user)
            )
        search.index([obj])

    @admin.action(description="Archive", permissions=["change"])
    def archive_chosen(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self.run_for_each(request, queryset.filter(archived_at=None), archive, "archived")

    @admin.action(description="Put back on sale", permissions=["change"])
    def put_back_chosen(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self.run_for_each(request, queryset.exclude(archived_at=None), put_on_sale, "put back on sale")

    def run_for_each(self, request: HttpRequest, products: QuerySet[Product], verb: Any, done: str) -> None:
        """Run `verb` on each and say how many it changed."""
        changed = [verb(product, by=request.user) for product in products]
        self.message_user(request, f"{len(changed)} products {done}.")
