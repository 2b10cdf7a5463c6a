"""Products and their prices, as editors enter them. Sales do not change these rows."""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from typing_extensions import override
from wagtail.images import get_image_model_string
from wagtail.models import (
    DraftStateMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
)

from wagtail_payments.enums import AmountType
from wagtail_payments.money import MAXIMUM_AMOUNT, format_amount


class Product(
    TranslatableMixin, PreviewableMixin, DraftStateMixin, RevisionMixin, ClusterableModel
):
    """Something to pay for. Its translations share ``translation_key`` and are one product."""

    name = models.CharField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    image = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
    )
    active = models.BooleanField(
        _("active"), default=True, help_text=_("Clear this to stop selling the product everywhere.")
    )

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("name",)
        permissions: ClassVar = [
            ("choose_product", _("Can put products on pages")),
            ("change_product_access", _("Can change who has access to products")),
            ("view_product_payments", _("Can see the payments for a product")),
            ("view_product_payers", _("Can see the payers of a product")),
            ("refund_product_payments", _("Can refund payments for a product")),
            ("receive_product_payments", _("Can mark payments for a product as received")),
            ("export_product_payments", _("Can export payments for a product")),
            ("manage_product_subscriptions", _("Can manage a product's subscriptions")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def approved_schedule(self) -> bool:
        """Whether a publishing date is set: annotated as ``scheduled`` in lists, a query elsewhere."""
        if hasattr(self, "scheduled"):
            return bool(self.scheduled)
        return self.scheduled_revision is not None

    @override
    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "wagtail_payments/preview/product.html"

    @override
    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {**super().get_preview_context(request, mode_name), "product": self}


class Price(Orderable):
    """A price of a product. Revisions and translations keep its ``key``, which is permanent."""

    product = ParentalKey(Product, on_delete=models.CASCADE, related_name="prices")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(
        _("name"),
        max_length=100,
        blank=True,
        help_text=_("Shown when there are several prices, such as “Adult” or “Child”."),
    )
    active = models.BooleanField(_("active"), default=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount_type = models.CharField(
        _("amount type"),
        max_length=10,
        choices=AmountType.choices,
        default=AmountType.FIXED,
    )
    # All amounts are ISO 4217 minor units.
    amount = models.PositiveBigIntegerField(_("amount"), null=True, blank=True)
    minimum = models.PositiveBigIntegerField(_("minimum"), null=True, blank=True)
    maximum = models.PositiveBigIntegerField(_("maximum"), null=True, blank=True)
    suggested = models.JSONField(_("suggested amounts"), default=list, blank=True)
    tax_rate = models.DecimalField(
        _("tax rate (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Included in the price and shown on the receipt."),
    )
    sold_until = models.DateTimeField(_("sold until"), null=True, blank=True)
    stock = models.PositiveIntegerField(
        _("stock"),
        null=True,
        blank=True,
        help_text=_("How many can be sold in total. Leave it empty for no limit."),
    )
    maximum_quantity = models.PositiveSmallIntegerField(
        _("maximum per payment"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )

    class Meta(Orderable.Meta):
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "key"], name="wp_price_key"),
            models.CheckConstraint(
                condition=models.Q(amount__lte=MAXIMUM_AMOUNT) | models.Q(amount=None),
                name="wp_price_amount_maximum",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.display_amount

    @property
    def is_chosen(self) -> bool:
        """Whether the payer chooses the amount."""
        return self.amount_type == AmountType.CHOSEN

    @property
    def display_amount(self) -> str:
        """The amount in the active language, empty when the payer chooses it."""
        if self.amount is None:
            return ""
        return format_amount(self.amount, self.currency)

    @property
    def on_sale(self) -> bool:
        """Whether it is active, has an amount, and is within its date. Stock is not checked here."""
        priced = bool(self.minimum if self.is_chosen else self.amount)
        over = self.sold_until is not None and self.sold_until <= timezone.now()
        return self.active and priced and not over


class Stock(models.Model):
    """The row that is locked while stock is counted. The price's own row is the editors'."""

    product_key = models.UUIDField()
    price_key = models.UUIDField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product_key", "price_key"], name="wp_stock_key"),
        ]

    def __str__(self) -> str:
        return f"{self.product_key}/{self.price_key}"
