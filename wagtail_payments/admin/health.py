"""What needs attention, with links, for Wagtail's home page and the overview."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from typing_extensions import override
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component

from wagtail_payments.models import Dispute
from wagtail_payments.permissions import may_see_reports, may_view_all_payments
from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.selectors.health.problems import Problem, health_problems
from wagtail_payments.selectors.health.to_do import (
    disputes_to_answer,
    orders_waiting,
    payments_to_review_by,
)
from wagtail_payments.selectors.revenue.periods import current_mode, month_of
from wagtail_payments.selectors.revenue.revenue import revenue_lines
from wagtail_payments.utils.dates import site_today, site_zone

_MAX_DISPUTES = 5


def attention(user: Any, mode: str) -> list[dict[str, str]]:
    """Return what needs attention in live or test ``mode``, most urgent first, as texts with URLs.

    Disputes, reviews and orders are limited to payments that ``user`` can see. Other problems are
    only for users who can see all payments.
    """
    return [*_disputes(user, mode), *_reviews(user, mode), *_orders(user, mode), *_problems(user)]


def _disputes(user: Any, mode: str) -> Iterator[dict[str, str]]:
    disputes = disputes_to_answer(user).filter(mode=mode)
    for dispute in disputes[:_MAX_DISPUTES]:
        url = reverse("wagtail_payments_payment:inspect", args=[dispute.payment_id])
        yield {"text": _dispute_text(dispute), "url": url}
    more = disputes.count() - _MAX_DISPUTES
    if more > 0:
        text = ngettext(
            "%(count)d more dispute needs a response.",
            "%(count)d more disputes need a response.",
            more,
        )
        yield _link(text % {"count": more}, f"disputed=answer&mode={mode}")


def _dispute_text(dispute: Dispute) -> str:
    fields = {"title": dispute.payment.title, "amount": dispute.display_amount}
    if dispute.due_by is None:
        return _("Respond to a dispute at the provider: %(amount)s, %(title)s.") % fields
    due = date_format(timezone.localtime(dispute.due_by, site_zone()), "DATETIME_FORMAT")
    return _("Respond to a dispute by %(due)s: %(amount)s, %(title)s.") % {**fields, "due": due}


def _reviews(user: Any, mode: str) -> Iterator[dict[str, str]]:
    count = payments_to_review_by(user).filter(mode=mode).count()
    if count:
        text = ngettext(
            "%(count)d payment to review.",
            "%(count)d payments to review.",
            count,
        )
        yield _link(text % {"count": count}, f"to_review=true&mode={mode}")


def _orders(user: Any, mode: str) -> Iterator[dict[str, str]]:
    """Yield the number of unpaid orders of each offline provider."""
    orders = orders_waiting(user).filter(mode=mode).order_by("provider").values("provider")
    for row in orders.annotate(count=Count("pk")):
        text = ngettext(
            "%(count)d order is waiting for its payment.",
            "%(count)d orders are waiting for their payments.",
            row["count"],
        )
        query = urlencode({"status": "pending", "provider": row["provider"], "mode": mode})
        yield _link(text % {"count": row["count"]}, query)


def _problems(user: Any) -> list[dict[str, str]]:
    if not may_view_all_payments(user):
        return []
    problems = health_problems(payments_health())
    return problem_links([p for p in problems if p.code != "payments_to_review"])


def _link(text: str, query: str) -> dict[str, str]:
    return {"text": text, "url": f"{reverse('wagtail_payments_payment:index')}?{query}"}


class AttentionPanel(Component):
    """The panel on Wagtail's home page that lists what needs attention."""

    name = "payments_attention"
    order = 50
    template_name = "wagtail_payments/admin/health/home_panel.html"

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def items(self) -> list[dict[str, str]]:
        """The items of the list."""
        return attention(self.user, current_mode())

    @override
    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"items": self.items}


class PaymentsSummaryItem(SummaryItem):
    """The number of this month's payments on Wagtail's home page, for users who can see reports."""

    order = 350
    template_name = "wagtail_payments/admin/health/summary_item.html"

    @override
    def is_shown(self) -> bool:
        return may_see_reports(self.request.user)

    @override
    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        month = month_of(site_today(), current_mode())
        lines = revenue_lines(self.request.user, month)
        return {"payments": sum(line.payments for line in lines), "test": month.mode == "test"}


def problem_links(problems: list[Problem]) -> list[dict[str, str]]:
    """Return the text of each problem with the URL of the page that deals with it."""
    return [
        {"text": problem.text, "url": f"{reverse(problem.url_name)}?{problem.query}".rstrip("?")}
        for problem in problems
    ]
