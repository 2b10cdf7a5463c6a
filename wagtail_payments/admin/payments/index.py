"""The list of payments: searched, filtered, added up, be there a million."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy

from wagtail_payments.admin.generic.listing import ReadOnlyIndexView
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
from .export import PaymentExportMixin

_HOW_TO_SEARCH = gettext_lazy(
    "Search finds e-mails, names, surnames and receipt numbers by how they begin, and whole transaction "
    "ids, references and last four digits."
)


def _messages(errors: Any) -> list[str]:
    return [str(message) for messages in errors.values() for message in messages]


class PaymentIndexView(PaymentExportMixin, ReadOnlyIndexView):
    """The list: only what this user may see, whatever is searched for or filtered."""

    default_ordering = "-created_at"
    paginator_class = LongPaginator
    table_class = QuickTable
    counted: QuerySet[Payment]
    """What is listed, in the way in which it is counted best."""

    template_name = "wagtail_payments/admin/payments/index.html"
    results_template_name = "wagtail_payments/admin/payments/index_results.html"

    def get_page_subtitle(self) -> str:
        """Say that the money isn't real, where it isn't."""
        only_live = self.request.GET.get("mode") == Mode.LIVE
        return gettext("Test mode") if provider_in_test_mode() and not only_live else ""

    def get_base_queryset(self) -> QuerySet[Payment]:
        """Return the payments that this user may see."""
        user = self.request.user
        return exportable_payments(user) if self.is_export else visible_payments(user)

    def order_queryset(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        """Sort; what is equal is sorted by when it was written, so that pages don't overlap."""
        ordering = str(self.ordering)
        return queryset.order_by(ordering, "-pk" if ordering.startswith("-") else "pk")

    def filter_queryset(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        """Filter, and keep what is left for counting."""
        filtered: QuerySet[Payment] = super().filter_queryset(queryset)
        self.counted = getattr(self.filters, "counted", filtered)
        return filtered

    def search_queryset(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        """Search. What can't be read finds nothing, and counts as that."""
        found: QuerySet[Payment] = super().search_queryset(queryset)
        if found is not queryset and not self.is_searching:
            self.counted = found
        return found

    def searched(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        """Search by what staff have at hand."""
        search = PaymentSearch(self.search_query, self.request.user)
        self.counted = search.counted(self.counted)
        return search.listed(queryset)

    def get_paginator(self, *args: Any, **kwargs: Any) -> LongPaginator:
        """Have it counted in the quickest way."""
        paginator: LongPaginator = super().get_paginator(*args, **kwargs)
        paginator.counting = self.counted
        return paginator

    @cached_property
    def may_act(self) -> bool:
        """Whether this user may do something with what is chosen."""
        user = self.request.user
        return may_export(user) or may_resend_deliveries(user)

    @cached_property
    def columns(self) -> list[Any]:
        """Return the columns, without boxes to tick for whom they are of no use."""
        columns: list[Any] = super().columns
        return columns if self.may_act else [c for c in columns if c.name != "bulk_actions"]

    @property
    def no_results_message(self) -> str:
        """Say how to search, where nothing was found."""
        message = str(super().no_results_message)
        return f"{message} {_HOW_TO_SEARCH}" if self.is_searching else message

    @property
    def mixed(self) -> bool:
        """Whether the list holds live and test money."""
        return not self.request.GET.get("mode") and self.filters.facets.modes == set(Mode.values)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the list comes to, if asked for, and what may be done with what is chosen."""
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
            "may_act": self.may_act,
            "filter_errors": _messages(self.filters.errors) if self.filters else [],
        }

    def _totals(self) -> Any:
        if not self.request.GET.get("totals"):
            return None
        return payments_totals(self.get_queryset())
