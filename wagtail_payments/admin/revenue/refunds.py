"""The report on refunds and open disputes."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views.reports import ReportView

from wagtail_payments.admin.generic.tables import (
    AmountColumn,
    DateTimeColumn,
    LinkColumn,
    PlainColumn,
)
from wagtail_payments.admin.generic.views import admin_media
from wagtail_payments.admin.payments.columns import QuickTable, payment_urls
from wagtail_payments.enums import DisputeStatus
from wagtail_payments.models import Dispute, Refund
from wagtail_payments.permissions import may_see_payer
from wagtail_payments.selectors.payments.payments import payment_dashboard_url
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.selectors.revenue.refunds import (
    disputes_open,
    refunds_requested,
    refunds_totals,
)

from .base import ReportMixin, ReportViewSet
from .period import PeriodForm

_MAX_DISPUTES = 50


class RefundsView(ReportMixin, ReportView):
    """Open disputes, most urgent first, and the refunds of a period with their totals."""

    page_title = gettext_lazy("Refunds and disputes")
    header_icon = "resubmit"
    template_name = "wagtail_payments/admin/revenue/refunds.html"
    table_class = QuickTable
    paginate_by = 50
    is_searchable = False
    any_permission_required: list[str] = []
    no_results_message = gettext_lazy("No refunds in this period.")

    @cached_property
    def form(self) -> PeriodForm:
        """The form with the request's data."""
        return PeriodForm(self.request.GET)

    @cached_property
    def period(self) -> Period:
        """The selected period."""
        return self.form.get_period()

    @cached_property
    @override
    def columns(self) -> list[BaseColumn]:
        url = payment_urls()
        return [
            LinkColumn(
                "payment",
                label=_("Payment"),
                accessor="payment.title",
                get_url=lambda refund: url(refund.payment_id),
            ),
            AmountColumn("amount", label=_("Amount")),
            PlainColumn("status", label=_("Status"), accessor="display_status"),
            PlainColumn("reason", label=_("Reason"), accessor=self._reason),
            PlainColumn("actor", label=_("User"), accessor=_actor),
            PlainColumn("note_code", label=_("Credit note"), accessor=_credit_note),
            DateTimeColumn("created_at", label=_("Requested")),
        ]

    def _reason(self, refund: Refund) -> str:
        """Return the reason, the note if the user can see the payer, and the reason of a failure."""
        note = refund.note if may_see_payer(self.request.user, refund.payment) else ""
        reasons = [refund.display_reason, note, _humanize(refund.failure_reason)]
        return ": ".join(filter(None, reasons)) or "–"

    @override
    def get_filtered_queryset(self) -> Any:
        refunds = refunds_requested(self.request.user, self.period)
        return refunds if self.form.is_valid() else refunds.none()

    @override
    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        # The accounting export has refunds and disputes.
        raise Http404

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        disputes, url = disputes_open(self.request.user, self.period.mode), payment_urls()
        return {
            **context,
            **self.report_context(self.period),
            "form": self.form,
            "media": context["media"] + self.form.media + admin_media(),
            "disputes": [_dispute_row(dispute, url) for dispute in disputes[:_MAX_DISPUTES]],
            "disputes_count": disputes.count(),
            "totals": refunds_totals(self.object_list),
        }


def _dispute_row(dispute: Dispute, url: Callable[[int], str]) -> dict[str, Any]:
    needs_response = dispute.status == DisputeStatus.NEEDS_RESPONSE
    return {
        "amount": dispute.display_amount,
        "title": dispute.payment.title,
        "payment_url": url(dispute.payment_id),
        "status": dispute.display_status,
        "reason": dispute.display_reason,
        "due_by": dispute.due_by,
        "answer_url": payment_dashboard_url(dispute.payment) if needs_response else None,
    }


def _actor(refund: Refund) -> str:
    return str(refund.actor) if refund.actor else _("At the provider")


def _credit_note(refund: Refund) -> str:
    return str(getattr(refund, "note_code", "") or "–")


def _humanize(code: str) -> str:
    return code.replace("_", " ").capitalize()


class RefundsViewSet(ReportViewSet):
    """The report on refunds and disputes."""

    view_class = RefundsView
    name = "wagtail_payments_refunds"
    url_prefix = "payments/reports/refunds"
    icon = "resubmit"
    menu_label = gettext_lazy("Refunds and disputes")
