"""The seller of a site."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.images import get_image_model_string

_SERIES = r"(?i)^(?!test$)[a-z0-9]*$"
"""A series named TEST would look like the numbers of test receipts."""


@register_setting(icon="receipt", order=900)
class PaymentSettings(BaseSiteSetting):
    """One row per site: the seller on receipts, and their number series."""

    seller_name = models.CharField(_("legal name"), max_length=255, blank=True)
    seller_address = models.TextField(_("address"), blank=True)
    seller_tax_number = models.CharField(_("tax number"), max_length=50, blank=True)
    logo = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("logo"),
    )
    support_email = models.EmailField(_("support email"), blank=True)
    terms_url = models.URLField(_("terms URL"), blank=True)
    staff_email = models.EmailField(
        _("staff email"),
        blank=True,
        help_text=_("Receives an email for each payment, and for each payment to review."),
    )
    offline_instructions = models.TextField(
        _("payment instructions"),
        blank=True,
        help_text=_(
            "For bank transfer, cash or check: how to pay. The amount and the reference number are "
            "shown beside this text."
        ),
    )
    receipt_series = models.CharField(
        _("receipt series"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(_SERIES, _("Use letters and digits only, and not just TEST."))],
        help_text=_("The prefix of each receipt number. Several sites can share a series."),
    )
    receipt_footer = models.TextField(_("receipt footer"), blank=True)

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("seller_name"),
                FieldPanel("seller_address"),
                FieldPanel("seller_tax_number"),
                FieldPanel("logo"),
                FieldPanel("support_email"),
                FieldPanel("terms_url"),
            ],
            heading=_("Seller"),
        ),
        FieldPanel("staff_email"),
        FieldPanel("offline_instructions"),
        MultiFieldPanel(
            [
                FieldPanel("receipt_series"),
                FieldPanel("receipt_footer"),
                HelpPanel(template="wagtail_payments/admin/receipts/preview_panel.html"),
            ],
            heading=_("Receipts"),
        ),
    ]

    class Meta:
        verbose_name = _("payment settings")
        verbose_name_plural = _("payment settings")
