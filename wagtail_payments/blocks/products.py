"""The choice of a product in a block."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from typing_extensions import override
from wagtail.log_actions import get_active_log_context
from wagtail.snippets.blocks import SnippetChooserBlock

from wagtail_payments.models import Product
from wagtail_payments.permissions import may_choose
from wagtail_payments.selectors.caching import products_cached


class ProductChooserBlock(SnippetChooserBlock):
    """Chooses a product. All products of a page are read with their prices in at most two queries."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("wagtail_payments.Product", **kwargs)

    @override
    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        # A site's migrations import nothing of this package.
        _path, _args, kwargs = super().deconstruct()
        return "wagtail.snippets.blocks.SnippetChooserBlock", ["wagtail_payments.Product"], kwargs

    def bulk_to_python(self, values: Sequence[int | None]) -> list[Product | None]:
        """Return the products in the order of ``values``, None for deleted ones."""
        found = products_cached({value for value in values if value is not None})
        return [found.get(value) if value is not None else None for value in values]

    def value_from_form(self, value: Any) -> Product | None:
        """Return the product of a form's data, None for an invalid id."""
        try:
            product: Product | None = super().value_from_form(value)
        except (ValueError, TypeError):
            return None
        return product

    def clean(self, value: Product | None) -> Product | None:
        """Refuse a product that the editor may not use, also in drafts. Commands have no editor."""
        product: Product | None = super().clean(value)
        editor = get_active_log_context().user
        if editor and product and not may_choose(editor, product):
            raise ValidationError(_not_yours(product))
        return product


def _not_yours(product: Product) -> str:
    return gettext(
        "You may not put “%(product)s” on pages. Choose another product, or ask whoever decides about "
        "access to it."
    ) % {"product": product}
