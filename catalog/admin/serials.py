"""A text area for serial numbers, one on each line, as a scanner types them."""

import re
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.devices import clean_serials
from catalog.errors import SerialError

MOST = 500


class SerialsField(forms.CharField):
    """Serial numbers, one on each line (or with commas between them): a list, clean and without repetitions."""

    def __init__(self, *, rows: int = 6, **options: Any) -> None:
        attributes = {"rows": rows, "class": "font-mono", "autocapitalize": "characters", "spellcheck": "false"}
        widget = UnfoldAdminTextareaWidget(attrs=attributes)
        super().__init__(label="Serial numbers", widget=widget, **options)

    def clean(self, value: str | None) -> list[str]:
        """The serial numbers. Raises ValidationError."""
        typed = [part for part in re.split(r"[\n,;]+", super().clean(value)) if part.strip()]
        if self.required and not typed:
            raise forms.ValidationError(self.error_messages["required"])
        if len(typed) > MOST:
            raise forms.ValidationError(f"At most {MOST} at a time; these are {len(typed)}.")
        try:
            return clean_serials(typed)
        except SerialError as error:
            raise forms.ValidationError(error.texts) from error
