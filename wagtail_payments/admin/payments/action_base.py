"""The base class of staff actions on payments."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from typing_extensions import override
from wagtail.admin import messages
from wagtail.log_actions import LogFormatter

from wagtail_payments.admin.generic.confirm import FormConfirmView
from wagtail_payments.enums import EventKind
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Payment
from wagtail_payments.permissions import visible_payments
from wagtail_payments.selectors.payments.actions import payment_actions


class PaymentActionView(FormConfirmView):
    """Asks for additional data, performs an action, and returns to the payment.

    A subclass is the only declaration of its action: ``page_title`` and ``header_icon`` are also the
    label and icon of its button.
    """

    action: ClassVar[str]
    """The name in :func:`payment_actions`, and of the URL."""

    permission: ClassVar[Callable[[Any, Payment], bool]]  # type: ignore[assignment]
    in_header: ClassVar[bool] = True
    """Whether the payment's page has a button for the action in its header."""

    event_kind: ClassVar[EventKind | None] = None
    """The timeline event and audit log entry that the action records, if it declares them."""

    log_formatter: ClassVar[type[LogFormatter] | None] = None
    """Formats the audit log entry. By default, it is the label of ``event_kind``."""

    @override
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.payment = get_object_or_404(visible_payments(request.user), pk=kwargs["pk"])

    @override
    def has_permission(self) -> bool:
        return type(self).permission(self.request.user, self.payment)

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.action not in payment_actions(self.payment):
            messages.error(request, _("This action is no longer available for this payment."))
            return self.redirect_to_payment()
        return super().get(request, *args, **kwargs)

    @override
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "payment": self.payment}

    @override
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.perform(**form.cleaned_data)
        except StaffRefused as error:
            form.add_error(error.field or None, error.message)
            form.renew()
            return self.form_invalid(form)
        return self.redirect_to_payment()

    def perform(self, **data: Any) -> None:
        """Perform the action with the form's ``data``. Raises StaffRefused."""
        raise NotImplementedError

    def redirect_to_payment(self) -> HttpResponse:
        """Redirect to the payment's page."""
        return redirect("wagtail_payments_payment:inspect", self.payment.pk)

    @override
    def get_page_subtitle(self) -> str:
        return str(self.payment)

    @override
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = reverse("wagtail_payments_payment:index")
        inspect = reverse("wagtail_payments_payment:inspect", args=[self.payment.pk])
        return [
            *self.breadcrumbs_items,
            {"url": index, "label": _("Payments")},
            {"url": inspect, "label": str(self.payment)},
            {"url": "", "label": self.get_page_title()},
        ]

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "payment": self.payment}
