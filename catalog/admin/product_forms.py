"""The form in which staff edit a product."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from catalog.admin.fields import SpecificationsField, checked_picture
from catalog.models import Product
from catalog.services import COUNTED_BY_DEVICES

MAX_STOCK = 1_000_000_000
SAVED_MEANWHILE = (
    "Another person saved this product while the page was open. Look at it again, or save again to overwrite."
)


class ProductForm(forms.ModelForm):
    """A product's columns.

    The stock that the page showed comes back with the form: only a number that staff changed is written, and
    not over a sale that happened meanwhile. The same holds for the other columns and another's edit.
    """

    specifications = SpecificationsField(required=False)
    inventory_count = forms.IntegerField(
        label="In stock",
        min_value=0,
        max_value=MAX_STOCK,
        initial=0,
        show_hidden_initial=True,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="What you counted. Sales while you type are not undone.",
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Product
        fields = [
            *("name", "sku", "description", "category", "brand", "condition", "price", "rental_price"),
            *("is_rentable", "is_featured", "image", "specifications", "is_serialized", "variant_of"),
        ]
        exclude = ["inventory_count"]  # `stock` writes it
        labels = {"rental_price": "Monthly rate"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen_at"] = self.instance.updated_at.isoformat()
            self.initial["inventory_count"] = self.instance.inventory_count
        if self.instance.is_serialized:
            count = self.fields["inventory_count"]
            count.help_text = "The number of its devices in stock."
            count.widget.attrs["readonly"] = True

    def clean_image(self) -> Any:
        picture = self.cleaned_data.get("image")
        return checked_picture(picture) if isinstance(picture, UploadedFile) else picture

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_rentable") and cleaned.get("rental_price") is None and "rental_price" in cleaned:
            self.add_error("rental_price", "A product for rent needs a monthly rate.")
        if cleaned.get("is_serialized") and cleaned.get("inventory_count"):
            self.add_error("inventory_count", "Its stock is the number of its devices: save it, then receive them.")
        if self.instance.pk:
            self.compare_with_now()
        return cleaned

    def clean_variant_of(self) -> Product | None:
        """A family has one first product, to which all others point."""
        first: Product | None = self.cleaned_data.get("variant_of")
        if first and (first.pk == self.instance.pk or first.variant_of_id):
            raise forms.ValidationError("Choose the first product of the family.")
        if first and self.instance.pk and self.instance.variants.exists():
            raise forms.ValidationError("This is the first product of a family: others are grades of it.")
        return first

    def compare_with_now(self) -> None:
        """Lock the row until all is saved, and refuse once what it did not look like when the page was opened."""
        now = Product.objects.select_for_update().get(pk=self.instance.pk)
        if self.data.get("seen_at", "") != now.updated_at.isoformat():
            self.add_error(None, SAVED_MEANWHILE)
        if now.is_serialized and "inventory_count" in self.changed_data:
            self.add_error("inventory_count", COUNTED_BY_DEVICES)
        key = self.add_initial_prefix("inventory_count")
        seen = self.data.get(key, "")
        if "inventory_count" in self.changed_data and seen != str(now.inventory_count):
            self.add_error("inventory_count", stock_changed_text(seen, now.inventory_count))
        if self.errors:
            self.show_as_seen({"seen_at": now.updated_at.isoformat(), key: str(now.inventory_count)})

    def show_as_seen(self, values: dict[str, str]) -> None:
        """Whoever reads the refusal has seen what changed, and may save again."""
        posted = cast(QueryDict, self.data).copy()
        for key, value in values.items():
            posted[key] = value
        self.data = posted


def stock_changed_text(seen: str, now: int) -> str:
    return (
        f"The stock changed from {seen or 'an unknown number'} to {now} while the page was open. "
        "Nothing was saved: check your count and save again."
    )
