"""Refunds and disputes: what was given back, and what somebody has to answer."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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


class RefundsView(ReportMixin, ReportView):
    """Open disputes, the most urgent first, and the refunds of a period with their sums."""

    page_title = gettext_lazy("Refunds and disputes")
    header_icon = "resubmit"
    template_name = "wagtail_payments/admin/revenue/refunds.html"
    table_class = QuickTable
    paginate_by = 50
    is_searchable = False
    any_permission_required: list[str] = []
    no_results_message = gettext_lazy("Nothing was refunded in these days.")

    @cached_property
    def form(self) -> PeriodForm:
        """Return the form, filled in."""
        return PeriodForm(self.request.GET)

    @cached_property
    def period(self) -> Period:
        """Return the days that it asks for."""
        return self.form.chosen()

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Return the columns of refunds; the first one leads to the payment."""
        url = payment_urls()
        return [
            LinkColumn(
                "payment",
                label=_("Payment"),
                accessor="payment.title",
                get_url=lambda refund: url(refund.payment_id),
            ),
            AmountColumn("amount", label=_("Amount")),
            PlainColumn("status", label=_("State"), accessor="display_status"),
            PlainColumn("reason", label=_("Reason"), accessor=self._reason),
            PlainColumn("actor", label=_("By whom"), accessor=_who),
            PlainColumn("note_code", label=_("Credit note"), accessor=_note),
            DateTimeColumn("created_at", label=_("Requested")),
        ]

    def _reason(self, refund: Refund) -> str:
        """Return why it was given back, and, if it failed, why that; a note may name the payer."""
        note = refund.note if may_see_payer(self.request.user, refund.payment) else ""
        reasons = [refund.display_reason, note, _words(refund.failure_reason)]
        return ": ".join(filter(None, reasons)) or "–"

    def get_filtered_queryset(self) -> Any:
        """Return the refunds of the period."""
        refunds = refunds_requested(self.request.user, self.period)
        return refunds if self.form.is_valid() else refunds.none()

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        """Offer no file: the accounting export has refunds and disputes."""
        raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, the disputes and the sums."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        disputes, url = disputes_open(self.request.user, self.period.mode), payment_urls()
        return {
            **context,
            **self.report_context(self.period),
            "form": self.form,
            "media": context["media"] + self.form.media + admin_media(),
            "disputes": [_shown(dispute, url) for dispute in disputes[:_MOST]],
            "disputes_count": disputes.count(),
            "totals": refunds_totals(self.object_list),
        }


_MOST = 50


def _shown(dispute: Dispute, url: Callable[[int], str]) -> dict[str, Any]:
    waits = dispute.status == DisputeStatus.NEEDS_RESPONSE
    return {
        "amount": dispute.display_amount,
        "title": dispute.payment.title,
        "payment_url": url(dispute.payment_id),
        "state": dispute.display_status,
        "reason": dispute.display_reason,
        "due_by": dispute.due_by,
        "answer_url": payment_dashboard_url(dispute.payment) if waits else None,
    }


def _who(refund: Refund) -> str:
    return str(refund.actor) if refund.actor else _("At the provider")


def _note(refund: Refund) -> str:
    return str(getattr(refund, "note_code", "") or "–")


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


class RefundsViewSet(ReportViewSet):
    """Refunds and disputes."""

    view_class = RefundsView
    name = "wagtail_payments_refunds"
    url_prefix = "payments/reports/refunds"
    icon = "resubmit"
    menu_label = gettext_lazy("Refunds and disputes")
