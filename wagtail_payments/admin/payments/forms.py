"""The forms of staff actions on payments."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail.admin.widgets import AdminDateInput

from wagtail_payments.enums import OfflineMethod, RefundReason
from wagtail_payments.exceptions import AmountError
from wagtail_payments.models import Payment
from wagtail_payments.money import format_amount, format_plain, parse_amount, with_point
from wagtail_payments.selectors.payments.actions import receipt_issuable
from wagtail_payments.services.payments.apply_refunds import refundable_amount

_NOTE_HELP = _("For your own records. The payer does not see it.")


class PaymentActionForm(forms.Form):
    """The base class of the forms. It has no fields."""

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment

    def renew(self) -> None:
        """Prepare the form for another submission, after the service refused the first one."""


class NoteForm(PaymentActionForm):
    """A note for staff."""

    note = forms.CharField(label=_("Note"), required=False, max_length=255, help_text=_NOTE_HELP)


class RefundForm(NoteForm):
    """The amount and reason of a refund. ``key`` prevents a second refund by a double click."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount = forms.CharField(label=_("Amount"), max_length=40)
    reason = forms.ChoiceField(label=_("Reason"), choices=RefundReason.choices)
    field_order = ("amount", "reason", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency, refundable = self.payment.currency, refundable_amount(self.payment)
        amount = self.fields["amount"]
        amount.initial = format_plain(refundable, currency)
        amount.label = gettext("Amount (%(currency)s)") % {"currency": currency}
        amount.help_text = gettext("Left to refund: %(left)s.") % {
            "left": format_amount(refundable, currency)
        }
        amount.widget.attrs.update(inputmode="decimal", autocomplete="off")

    @override
    def renew(self) -> None:
        """Create a new key, so that the next submission is a new refund."""
        self.data = {**dict(self.data.items()), "key": str(uuid4())}

    def clean_amount(self) -> int:
        """Return the amount in minor units."""
        try:
            return parse_amount(with_point(self.cleaned_data["amount"]), self.payment.currency)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class ReceiveForm(NoteForm):
    """When and how the money arrived."""

    received_on = forms.DateField(label=_("Received on"), widget=AdminDateInput)
    method = forms.ChoiceField(label=_("Method"), choices=OfflineMethod.choices)
    field_order = ("received_on", "method", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_default_timezone()
        self.fields["received_on"].initial = timezone.localdate(timezone=zone)


class ReviewForm(NoteForm):
    """A note, and whether an approved payment gets its receipt."""

    issue_receipt = forms.BooleanField(
        label=_("Issue the receipt and email it to the payer"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not receipt_issuable(self.payment):
            del self.fields["issue_receipt"]
