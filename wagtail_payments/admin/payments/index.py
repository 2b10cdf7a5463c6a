"""The list of payments, with search, filters and totals."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from typing_extensions import override

from wagtail_payments.admin.generic.paginator import LongPaginator
from wagtail_payments.admin.generic.views import admin_media
from wagtail_payments.enums import Mode
from wagtail_payments.models import Payment
from wagtail_payments.permissions import (
    exportable_payments,
    may_export,
    may_resend_deliveries,
    visible_payments,
)
from wagtail_payments.selectors.payments.search.query import PaymentSearch
from wagtail_payments.selectors.payments.status import provider_in_test_mode
from wagtail_payments.selectors.payments.totals import payments_totals

from .columns import QuickTable
from .export import PaymentExportIndexView

_SEARCH_HELP = gettext_lazy(
    "Search matches the beginning of email addresses, names, surnames and receipt numbers, and complete "
    "transaction ids, reference numbers and last four digits."
)


def _messages(errors: Any) -> list[str]:
    return [str(message) for messages in errors.values() for message in messages]


class PaymentIndexView(PaymentExportIndexView):
    """The payments that the user can see."""

    default_ordering = "-created_at"
    paginator_class = LongPaginator
    table_class = QuickTable
    count_queryset: QuerySet[Payment]
    """The listed payments, in a queryset that is fast to count."""

    template_name = "wagtail_payments/admin/payments/index.html"
    results_template_name = "wagtail_payments/admin/payments/index_results.html"

    @override
    def get_page_subtitle(self) -> str:
        only_live = self.request.GET.get("mode") == Mode.LIVE
        return gettext("Test mode") if provider_in_test_mode() and not only_live else ""

    @override
    def get_base_queryset(self) -> QuerySet[Payment]:
        user = self.request.user
        return exportable_payments(user) if self.is_export else visible_payments(user)

    @override
    def order_queryset(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        # A unique order, so that pages don't overlap.
        ordering = str(self.ordering)
        return queryset.order_by(ordering, "-pk" if ordering.startswith("-") else "pk")

    @override
    def filter_queryset(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        filtered: QuerySet[Payment] = super().filter_queryset(queryset)
        self.count_queryset = getattr(self.filters, "count_queryset", filtered)
        return filtered

    @override
    def search_queryset(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        results: QuerySet[Payment] = super().search_queryset(queryset)
        if results is not queryset and not self.is_searching:
            self.count_queryset = results
        return results

    @override
    def get_search_results(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        search = PaymentSearch(self.search_query, self.request.user)
        self.count_queryset = search.counted(self.count_queryset)
        return search.listed(queryset)

    @override
    def get_paginator(self, *args: Any, **kwargs: Any) -> LongPaginator:
        paginator: LongPaginator = super().get_paginator(*args, **kwargs)
        paginator.count_queryset = self.count_queryset
        return paginator

    @cached_property
    def has_bulk_actions(self) -> bool:
        """Whether the user has permission for any bulk action."""
        user = self.request.user
        return may_export(user) or may_resend_deliveries(user)

    @cached_property
    @override
    def columns(self) -> list[Any]:
        columns: list[Any] = super().columns
        return (
            columns if self.has_bulk_actions else [c for c in columns if c.name != "bulk_actions"]
        )

    @property
    @override
    def no_results_message(self) -> str:
        message = str(super().no_results_message)
        return f"{message} {_SEARCH_HELP}" if self.is_searching else message

    @property
    def mixed(self) -> bool:
        """Whether the list can contain both live and test payments."""
        return not self.request.GET.get("mode") and self.filters.facets.modes == set(Mode.values)

    @override
    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        if self.is_export:
            return context
        paginator = context["paginator"]
        return {
            **context,
            "media": context["media"] + admin_media(),
            "many": paginator.many,
            "mixed": self.mixed,
            "totals": self._totals(),
            "has_bulk_actions": self.has_bulk_actions,
            "filter_errors": _messages(self.filters.errors) if self.filters else [],
        }

    def _totals(self) -> Any:
        if not self.request.GET.get("totals"):
            return None
        return payments_totals(self.get_queryset())
