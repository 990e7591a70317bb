"""Which uploads are pictures."""

from pathlib import PurePath

from django import forms
from django.core.files.uploadedfile import UploadedFile

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
