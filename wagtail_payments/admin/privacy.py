"""Finds, exports and erases the data of a payer."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override
from wagtail.admin import messages

from wagtail_payments.admin.generic.confirm import FormConfirmView
from wagtail_payments.models import Payment
from wagtail_payments.permissions import may_erase_payers
from wagtail_payments.services.audit.log import PAYER_EXPORTED, audit_many
from wagtail_payments.services.privacy import (
    FoundPayer,
    erasure_counts,
    payer_export,
    payer_find,
    payers_erase,
)

URL_NAME = "wagtail_payments_privacy"

LOOK, EXPORT, ERASE = "look", "export", "erase"


class PayerForm(forms.Form):
    """The payer's email address. It is sent by POST, because URLs are stored in logs."""

    email = forms.EmailField(label=gettext_lazy("Email address of the payer"))


class EraseForm(forms.Form):
    """A confirmation that repeats the email address, because erasing can't be undone."""

    sure = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this box to confirm.")}
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = _("Permanently erase %(email)s") % {"email": email}


class PrivacyView(FormConfirmView):
    """Shows what is stored about a payer, then exports or erases it."""

    page_title = gettext_lazy("Privacy")
    header_icon = "user"
    permission = may_erase_payers
    template_name = "wagtail_payments/admin/privacy/index.html"
    form_class = PayerForm
    submit_label = gettext_lazy("Look")
    explanation = gettext_lazy(
        "Finds everything that is stored about a payer. Erasing removes the name, the email address and the "
        "link to a user. Amounts, numbers, taxes and dates stay, as bookkeeping law requires."
    )

    @override
    def get_initial(self) -> dict[str, Any]:
        # A payment's page links here with its id.
        public_id = self.request.GET.get("payment", "")
        with suppress(ValueError, Payment.DoesNotExist):
            return {"email": Payment.objects.get(public_id=UUID(public_id)).payer_email}
        return {}

    @override
    def form_valid(self, form: forms.Form) -> HttpResponse:
        email, action = form.cleaned_data["email"], self.request.POST.get("action", LOOK)
        found, erase_form = payer_find(email=email), EraseForm(email=email)
        if action == EXPORT:
            return self.export(found)
        if action == ERASE and found.payments:
            erase_form = EraseForm(self.request.POST, email=email)
            if erase_form.is_valid():
                self.erase(found)
                found = payer_find(email=email)
        results = {"form": form, "erase_form": erase_form, **self.get_results(email, found)}
        return self.render_to_response(self.get_context_data(**results))

    def get_results(self, email: str, found: FoundPayer) -> dict[str, Any]:
        """Return the context of the results."""
        index = reverse("wagtail_payments_payment:index")
        return {
            "email": email,
            "found": found,
            "counts": erasure_counts(found.payments),
            "payments_url": f"{index}?{urlencode({'q': email})}",
        }

    def export(self, found: FoundPayer) -> HttpResponse:
        """Return the payer's data as a JSON file, and record the export in the audit log."""
        audit_many(self.request.user, PAYER_EXPORTED, payments=len(found.all_payments))
        text = json.dumps(payer_export(found.all_payments), indent=2, ensure_ascii=False)
        headers = {"Content-Disposition": 'attachment; filename="payer.json"'}
        return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)

    def erase(self, found: FoundPayer) -> None:
        """Erase the payer, and add a message with the number of payments."""
        counts = payers_erase(payments=found.payments, actor=self.request.user)
        text = ngettext(
            "The payer of %(count)d payment was erased.",
            "The payer of %(count)d payments was erased.",
            counts.payments,
        )
        messages.success(self.request, text % {"count": counts.payments})

    @override
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = reverse("wagtail_payments_payment:index")
        return [
            *self.breadcrumbs_items,
            {"url": index, "label": _("Payments")},
            {"url": "", "label": self.get_page_title()},
        ]


def admin_urls() -> list[Any]:
    """Return the URL pattern."""
    return [path("payments/privacy/", PrivacyView.as_view(), name=URL_NAME)]
