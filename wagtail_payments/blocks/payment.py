"""The payment block: a form to pay for one product.

Its HTML contains nothing about the visitor, so any cache may keep it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Site

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import CheckoutUI
from wagtail_payments.models import PaymentSettings, Price, Product
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.selectors.payments.tokens import placement_token
from wagtail_payments.selectors.products.offers import Offer, product_offers
from wagtail_payments.selectors.products.products import product_sale_problem

from .products import ProductChooserBlock


def _preview_value() -> dict[str, Any]:
    """Return the example for the block picker, which is not stored."""
    currency = payments_conf().CURRENCIES[0]
    product = Product(
        name=gettext("A ticket or a donation"),
        description=gettext("Choose a product that visitors pay for in the page."),
    )
    product.prices = [
        Price(name=gettext("Adult"), amount=1800, currency=currency, sort_order=1),
        Price(name=gettext("Child"), amount=900, currency=currency, sort_order=2),
    ]
    return {
        "product": product,
        "button_text": "",
        "layout": "card",
        "ui": CheckoutUI.INLINE,
        "provider": "",
    }


def _provider_choices() -> list[tuple[str, str]]:
    return [(alias, alias.replace("_", " ").capitalize()) for alias in payments_conf().PROVIDERS]


class ProviderChoiceBlock(blocks.ChoiceBlock):
    """The choice of one of the site's providers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "choices": _provider_choices})

    @override
    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        # A site's migrations depend neither on its settings nor on this package.
        path, args, kwargs = super().deconstruct()
        return path, args, {name: kwargs[name] for name in kwargs if name != "choices"}


class PaymentBlock(blocks.StructBlock):
    """A form to pay for a product, in the page or on the provider's own page."""

    product = ProductChooserBlock(label=_("Product"))
    button_text = blocks.CharBlock(
        label=_("Button text"),
        required=False,
        max_length=40,
        help_text=_("Defaults to “Pay”, or to “Donate” if the payer chooses the amount."),
    )
    layout = blocks.ChoiceBlock(
        label=_("Layout"),
        choices=[("card", _("Card, with the description")), ("compact", _("Compact"))],
        default="card",
    )
    ui = blocks.ChoiceBlock(
        label=_("Where to pay"), choices=CheckoutUI.choices, default=CheckoutUI.INLINE
    )

    provider = ProviderChoiceBlock(
        label=_("Paid through"),
        required=False,
        help_text=_("Leave it empty to use the site's default provider."),
    )

    class Meta:
        icon = "payments"
        label_format = "{product}"
        label = _("Payment")
        group = _("Payments")
        description = _("A form to pay for a product, or to donate.")
        template = "wagtail_payments/blocks/payment.html"
        preview_template = "wagtail_payments/blocks/preview.html"
        preview_value = staticmethod(_preview_value)

    def clean(self, value: Mapping[str, Any]) -> Any:
        """Refuse a product that is not for sale, except in drafts."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        problem = product_sale_problem(cleaned["product"], cleaned.get("provider") or "")
        if problem:
            raise StructBlockValidationError({"product": ValidationError(problem)})
        return cleaned

    def get_context(
        self, value: Mapping[str, Any], parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Add the data of the form; the placement only if a visitor can use it."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        product = value["product"]
        alias = value.get("provider") or ""
        problem = product_sale_problem(product, alias) if product else _("The product no longer exists.")
        offers = [] if problem else product_offers(product)
        preview = _is_preview(context, product)
        usable = bool(offers) and not preview and context.get("request") is not None
        context.update(
            product=product,
            offers=offers,
            problem=problem,
            preview=preview,
            usable=usable,
            button_text=value["button_text"] or _button_text(offers),
            test_mode=bool(offers) and not get_provider(alias or None).live,
            placement=_placement(context.get("page"), value) if usable else "",
            terms_url=_terms_url(context["request"]) if usable else "",
        )
        return context


def _is_preview(context: Mapping[str, Any], product: Product | None) -> bool:
    """Tell whether staff look at a draft or at the block picker (which names the ``block_def``)."""
    drafted = getattr(context.get("request"), "is_preview", False)
    return drafted or "block_def" in context or (product is not None and product.pk is None)


def _button_text(offers: Sequence[Offer]) -> str:
    donation = bool(offers) and all(offer.chosen for offer in offers)
    return gettext("Donate") if donation else gettext("Pay")


def _placement(page: Any, value: Mapping[str, Any]) -> str:
    return placement_token(
        page_id=getattr(page, "pk", None),
        revision_id=getattr(page, "live_revision_id", None),
        product_id=value["product"].pk,
        provider=value.get("provider") or "",
    )


def _terms_url(request: HttpRequest) -> str:
    """Return the site's terms URL, from settings that are read once per request."""
    if Site.find_for_request(request) is None:
        return ""
    return str(PaymentSettings.for_request(request).terms_url)
