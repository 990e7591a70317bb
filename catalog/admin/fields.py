"""Fields of forms: serial numbers, specifications, pictures."""

import re
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.devices import clean_serials
from catalog.errors import SerialError
from catalog.importing.specifications import checked_specifications
from catalog.importing.values import BadValue

MAX_SERIALS = 500


class SerialsField(forms.CharField):
    """Serial numbers, one on each line (or with commas between them): a list, clean and without repetitions."""

    def __init__(self, *, rows: int = 6, **options: Any) -> None:
        attributes = {"rows": rows, "class": "font-mono", "autocapitalize": "characters", "spellcheck": "false"}
        widget = UnfoldAdminTextareaWidget(attrs=attributes)
        super().__init__(label="Serial numbers", widget=widget, **options)

    def clean(self, value: str | None) -> list[str]:
        typed = [part for part in re.split(r"[\n,;]+", super().clean(value)) if part.strip()]
        if self.required and not typed:
            raise forms.ValidationError(self.error_messages["required"])
        if len(typed) > MAX_SERIALS:
            raise forms.ValidationError(f"At most {MAX_SERIALS} at a time; these are {len(typed)}.")
        try:
            return clean_serials(typed)
        except SerialError as error:
            raise forms.ValidationError(error.texts) from error


class SpecificationsField(forms.JSONField):
    """A JSON object of names and values. Without JavaScript it is written as JSON."""

    widget = UnfoldAdminTextareaWidget(attrs={"data-specifications": "", "rows": 8, "class": "font-mono"})

    def clean(self, value: Any) -> dict[str, Any]:
        specifications = super().clean(value)
        try:
            return checked_specifications({} if specifications is None else specifications)
        except BadValue as error:
            raise forms.ValidationError(f"This {error}.") from error


# What Pillow says the bytes are, and the only name under which they are stored and served.
FORMATS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000


def checked_picture(upload: UploadedFile) -> UploadedFile:
    """The upload under the name that its content deserves. Raises ValidationError.

    Only raster formats: a picture that can run a script (SVG) is none. Pillow has opened it before.
    """
    image = upload.image  # type: ignore[attr-defined]  # set by Django's ImageField
    if image.format not in FORMATS:
        raise forms.ValidationError("Upload a JPEG, PNG or WebP picture.")
    if (upload.size or 0) > MAX_BYTES:
        raise forms.ValidationError("The picture is larger than 5 MB.")
    if image.width * image.height > MAX_PIXELS:
        raise forms.ValidationError("The picture has more than 40 million pixels.")
    upload.name = PurePath(str(upload.name)).stem[:60] + FORMATS[image.format]
    return upload
