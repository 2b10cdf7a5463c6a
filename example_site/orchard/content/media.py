"""Adds the pictures to Wagtail's image library."""

from pathlib import Path

from django.core.files.images import ImageFile
from wagtail.images.models import Image

ARTWORK = Path(__file__).parents[1] / "artwork"


def image_ensure(file_name: str, title: str) -> Image:
    """Return the image with ``title``, created from ``file_name`` if it is missing."""
    image = Image.objects.filter(title=title).first()
    if image is None:
        with (ARTWORK / file_name).open("rb") as file:
            image = Image(title=title, file=ImageFile(file, name=file_name))
            image.save()
    return image
