"""The forms of what staff may do with a payment."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from wagtail_payments.enums import OfflineMethod, RefundReason
from wagtail_payments.exceptions import AmountError
from wagtail_payments.models import Payment
from wagtail_payments.money import format_amount, format_plain, parse_amount, with_point
from wagtail_payments.selectors.payments.actions import receipt_issuable
from wagtail_payments.services.payments.apply_refunds import refundable_amount

_NOTE = _("For your own books. The payer doesn't see it.")


class PaymentActionForm(forms.Form):
    """Something that staff do with ``payment``."""

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment

    def renew(self) -> None:
        """Make the next submission one of its own, after this one was refused."""


class RefundForm(PaymentActionForm):
    """How much is given back, and why. ``key`` makes a double click one refund."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount = forms.CharField(label=_("Amount"), max_length=40)
    reason = forms.ChoiceField(label=_("Reason"), choices=RefundReason.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=255, help_text=_NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency, left = self.payment.currency, refundable_amount(self.payment)
        amount = self.fields["amount"]
        amount.initial = format_plain(left, currency)
        amount.label = gettext("Amount (%(currency)s)") % {"currency": currency}
        amount.help_text = gettext("Left to refund: %(left)s.") % {
            "left": format_amount(left, currency)
        }
        amount.widget.attrs.update(inputmode="decimal", autocomplete="off")

    def renew(self) -> None:
        """Give the next submission a key of its own."""
        self.data = {**dict(self.data.items()), "key": str(uuid4())}

    def clean_amount(self) -> int:
        """Return the typed amount in minor units."""
        try:
            return parse_amount(with_point(self.cleaned_data["amount"]), self.payment.currency)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class ReceiveForm(PaymentActionForm):
    """When the money came, and how."""

    received_on = forms.DateField(label=_("Received on"), widget=AdminDateInput)
    method = forms.ChoiceField(label=_("Method"), choices=OfflineMethod.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=255, help_text=_NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_default_timezone()
        self.fields["received_on"].initial = timezone.localdate(timezone=zone)


class CancelForm(PaymentActionForm):
    """Why a payment is given up."""

    note = forms.CharField(label=_("Note"), required=False, max_length=255, help_text=_NOTE)


class ReviewForm(PaymentActionForm):
    """What somebody found who looked at a flagged payment, and whether it gets its receipt."""

    note = forms.CharField(label=_("Note"), required=False, max_length=255, help_text=_NOTE)
    issue_receipt = forms.BooleanField(
        label=_("Issue the receipt, and mail it to the payer"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not receipt_issuable(self.payment):
            del self.fields["issue_receipt"]


class IssueReceiptForm(PaymentActionForm):
    """Why a receipt is issued that was held back."""

    note = forms.CharField(label=_("Note"), required=False, max_length=255, help_text=_NOTE)
