"""What the payer saw: the page, its revision, and the block that sold the product."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.fields import StreamField
from wagtail.models import Page, Revision

from wagtail_payments.models import Payment, Product


@dataclass(frozen=True, slots=True)
class SaleContext:
    """Where a payment was sold: the page, if it exists, the live revision, and its blocks.

    ``blocks`` are the places in that revision where the product is sold, in words.
    """

    page: Page
    revision: Revision | None
    revision_url: str = ""
    blocks: list[str] = field(default_factory=list)


def sale_context(payment: Payment, user: Any) -> SaleContext | None:
    """Return where ``payment`` was sold; None if ``user`` may not edit the page."""
    page = Page.objects.filter(pk=payment.page_id).first() if payment.page_id else None
    if page is None or not page.permissions_for_user(user).can_edit():
        return None
    revision = page.revisions.filter(pk=payment.revision_id).first()
    if revision is None:
        return SaleContext(page, None)
    url = reverse("wagtailadmin_pages:revisions_view", args=[page.pk, revision.pk])
    blocks = list(_blocks_of(revision.as_object(), payment.product_key))
    return SaleContext(page, revision, url, blocks)


def _blocks_of(page: Any, key: UUID) -> Iterator[str]:
    for model_field in page._meta.get_fields():
        if isinstance(model_field, StreamField):
            name = str(model_field.verbose_name).capitalize()
            yield from _places(getattr(page, model_field.name), key, name)


def _places(value: Any, key: UUID, path: str) -> Iterator[str]:
    """Yield the path of each struct in ``value`` that contains the product."""
    if isinstance(value, StreamValue):
        for number, child in enumerate(value, start=1):
            label = {"path": path, "number": number, "block": child.block.label}
            yield from _places(child.value, key, _("%(path)s, block %(number)d: %(block)s") % label)
    elif isinstance(value, ListValue):
        for number, child in enumerate(value, start=1):
            label = {"path": path, "number": number}
            yield from _places(child, key, _("%(path)s, item %(number)d") % label)
    elif isinstance(value, StructValue):
        if any(isinstance(v, Product) and v.translation_key == key for v in value.values()):
            yield path
        for child in value.values():
            yield from _places(child, key, path)
