"""What is kept about one payer: looked up by e-mail, exported, erased."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
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
    """Whose data. It is sent in the body: an e-mail in an address would stay in logs."""

    email = forms.EmailField(label=gettext_lazy("E-mail of the payer"))


class EraseForm(forms.Form):
    """That it is meant, and whom: what is erased is gone."""

    sure = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this, if you are sure.")}
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        """Say the address again beside the box."""
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = _("Erase %(email)s for good") % {"email": email}


class PrivacyView(FormConfirmView):
    """Look first, then export or erase."""

    page_title = gettext_lazy("Privacy")
    header_icon = "user"
    template_name = "wagtail_payments/admin/privacy/index.html"
    form_class = PayerForm
    submit_label = gettext_lazy("Look")
    explanation = gettext_lazy(
        "Finds all that is kept about one payer. Erasing takes away name, e-mail and the link to a user; "
        "amounts, numbers, taxes and dates stay, as the law asks."
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse those who may not."""
        if not may_erase_payers(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Take the e-mail of the payment from whose page one comes."""
        public_id = self.request.GET.get("payment", "")
        with suppress(ValueError, Payment.DoesNotExist):
            return {"email": Payment.objects.get(public_id=UUID(public_id)).payer_email}
        return {}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Do what the button says; anything else is a look."""
        email, action = form.cleaned_data["email"], self.request.POST.get("action", LOOK)
        found, erase_form = payer_find(email=email), EraseForm(email=email)
        if action == EXPORT:
            return self.export(found)
        if action == ERASE and found.payments:
            erase_form = EraseForm(self.request.POST, email=email)
            if erase_form.is_valid():
                self.erase(found)
                found = payer_find(email=email)
        shown = {"form": form, "erase_form": erase_form, **self.shown(email, found)}
        return self.render_to_response(self.get_context_data(**shown))

    def shown(self, email: str, found: FoundPayer) -> dict[str, Any]:
        """Return what the page says about what was found."""
        index = reverse("wagtail_payments_payment:index")
        return {
            "email": email,
            "found": found,
            "counts": erasure_counts(found.payments),
            "payments_url": f"{index}?{urlencode({'q': email})}",
        }

    def export(self, found: FoundPayer) -> HttpResponse:
        """Return it as a file, and write down that it was taken."""
        audit_many(self.request.user, PAYER_EXPORTED, payments=len(found.all_payments))
        text = json.dumps(payer_export(found.all_payments), indent=2, ensure_ascii=False)
        name = {"Content-Disposition": 'attachment; filename="payer.json"'}
        return HttpResponse(text, content_type="application/json; charset=utf-8", headers=name)

    def erase(self, found: FoundPayer) -> None:
        """Erase, and say how much."""
        counts = payers_erase(payments=found.payments, actor=self.request.user)
        text = ngettext(
            "The payer of %(count)d payment is erased.",
            "The payer of %(count)d payments is erased.",
            counts.payments,
        )
        messages.success(self.request, text % {"count": counts.payments})

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the payments."""
        index = reverse("wagtail_payments_payment:index")
        return [
            *self.breadcrumbs_items,
            {"url": index, "label": _("Payments")},
            {"url": "", "label": self.get_page_title()},
        ]


def admin_urls() -> list[Any]:
    """Return the address."""
    return [path("payments/privacy/", PrivacyView.as_view(), name=URL_NAME)]
