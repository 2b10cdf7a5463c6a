"""The preview of a site's receipts with sample data, linked from the settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.models import Site

from wagtail_payments.admin.generic.confirm import FormConfirmView
from wagtail_payments.enums import SeriesKind
from wagtail_payments.models import PaymentSettings
from wagtail_payments.permissions import may_change_settings
from wagtail_payments.services.receipts.preview import sample_pdf


class PreviewForm(forms.Form):
    """The kind of document and its language."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Document"),
        choices=[
            (SeriesKind.RECEIPT, gettext_lazy("Receipt")),
            (SeriesKind.CREDIT_NOTE, gettext_lazy("Credit note")),
        ],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=lambda: settings.LANGUAGES,
        initial=lambda: settings.LANGUAGE_CODE,
    )


class ReceiptPreviewView(FormConfirmView):
    """Shows a sample PDF with the site's settings."""

    page_title = gettext_lazy("Preview a receipt")
    header_icon = "receipt"
    permission = may_change_settings
    form_class = PreviewForm
    submit_label = gettext_lazy("Show the PDF")
    explanation = gettext_lazy(
        "The preview shows the saved settings, so save your changes first. The payer, the product and the "
        "amounts are sample data, and no number is used."
    )

    @cached_property
    def site(self) -> Site:
        """The site. Raises Http404."""
        return get_object_or_404(Site, pk=self.kwargs["site_pk"])

    @override
    def form_valid(self, form: forms.Form) -> HttpResponse:
        pdf = sample_pdf(
            seller=PaymentSettings.for_site(self.site),
            language=form.cleaned_data["language"],
            kind=SeriesKind(form.cleaned_data["kind"]),
        )
        headers = {"Content-Disposition": 'inline; filename="preview.pdf"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    @override
    def get_page_subtitle(self) -> str:
        return str(self.site)

    @override
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        args = ("wagtail_payments", "paymentsettings", self.site.pk)
        return [
            *self.breadcrumbs_items,
            {
                "url": reverse("wagtailsettings:edit", args=args),
                "label": _("Payment settings"),
            },
            {"url": "", "label": self.get_page_title()},
        ]


def admin_urls() -> list[Any]:
    """Return the URL pattern."""
    view = ReceiptPreviewView.as_view()
    return [
        path(
            "payments/receipt-preview/<int:site_pk>/", view, name="wagtail_payments_receipt_preview"
        )
    ]
