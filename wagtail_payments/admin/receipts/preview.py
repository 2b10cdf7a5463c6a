"""What a site's receipts look like, with made-up data: from the settings page."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Site

from wagtail_payments.admin.generic.confirm import FormConfirmView
from wagtail_payments.enums import SeriesKind
from wagtail_payments.models import PaymentSettings
from wagtail_payments.permissions import may_change_settings
from wagtail_payments.services.receipts.preview import sample_pdf


class PreviewForm(forms.Form):
    """Which paper, in which of the site's languages."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
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
    """Choose a language, see the PDF."""

    page_title = gettext_lazy("Preview a receipt")
    header_icon = "receipt"
    form_class = PreviewForm
    submit_label = gettext_lazy("Show the PDF")
    explanation = gettext_lazy(
        "It shows the settings as they are saved: save first what you have just changed. Payer, product "
        "and amounts are made up, and no number is taken."
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse those who may not change the settings."""
        if not may_change_settings(request.user):
            raise PermissionDenied
        self.site = get_object_or_404(Site, pk=kwargs["site_pk"])
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Return the PDF, to be looked at in the browser."""
        pdf = sample_pdf(
            seller=PaymentSettings.for_site(self.site),
            language=form.cleaned_data["language"],
            kind=SeriesKind(form.cleaned_data["kind"]),
        )
        inline = {"Content-Disposition": 'inline; filename="preview.pdf"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=inline)

    def get_page_subtitle(self) -> str:
        """Say of which site."""
        return str(self.site)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the settings."""
        arguments = ("wagtail_payments", "paymentsettings", self.site.pk)
        return [
            *self.breadcrumbs_items,
            {
                "url": reverse("wagtailsettings:edit", args=arguments),
                "label": _("Payment settings"),
            },
            {"url": "", "label": self.get_page_title()},
        ]


def admin_urls() -> list[Any]:
    """Return the address of the preview."""
    view = ReceiptPreviewView.as_view()
    return [
        path(
            "payments/receipt-preview/<int:site_pk>/", view, name="wagtail_payments_receipt_preview"
        )
    ]
