"""Filters, columns and search of the lists of receipts and credit notes."""

from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn

from wagtail_payments.admin.generic.filters import DateRangeFilter
from wagtail_payments.admin.generic.listing import ReadOnlyIndexView
from wagtail_payments.admin.generic.paginator import LongPaginator
from wagtail_payments.admin.generic.tables import PlainColumn
from wagtail_payments.admin.generic.views import admin_media
from wagtail_payments.enums import Mode, SeriesKind
from wagtail_payments.models import CreditNote, Receipt
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import may_resend_deliveries, may_see_payer
from wagtail_payments.selectors.payments.payers import payer_shown
from wagtail_payments.selectors.receipts.receipts import (
    documents_in_period,
    documents_of_mode,
    documents_search,
    series_years,
)
from wagtail_payments.utils.dates import site_zone

ReceiptDocument = Receipt | CreditNote


class ReceiptDocumentFilterSet(WagtailFilterSet):
    """Filters by day, year and mode."""

    series_kind: ClassVar[SeriesKind]

    issued_at = DateRangeFilter(label=_("Issued"))
    year = django_filters.ChoiceFilter(label=_("Year"), method="filter_year")
    mode = django_filters.ChoiceFilter(label=_("Mode"), choices=Mode.choices, method="filter_mode")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = series_years(self.series_kind)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def filter_year(self, documents: QuerySet[Any], name: str, year: str) -> QuerySet[Any]:
        """Return the documents issued in this year, in the site's time zone."""
        return documents_in_period(documents, date(int(year), 1, 1), date(int(year), 12, 31))

    def filter_mode(self, documents: QuerySet[Any], name: str, mode: str) -> QuerySet[Any]:
        """Return the documents with live or test numbers."""
        return documents_of_mode(documents, mode)


class ReceiptFilterSet(ReceiptDocumentFilterSet):
    """The filters of receipts."""

    series_kind = SeriesKind.RECEIPT

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()


class CreditNoteFilterSet(ReceiptDocumentFilterSet):
    """The filters of credit notes."""

    series_kind = SeriesKind.CREDIT_NOTE

    class Meta:
        model = CreditNote
        fields: tuple[str, ...] = ()


class CodeColumn(PlainColumn):
    """The number, linked to the payment."""

    @override
    def get_content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        url = reverse("wagtail_payments_payment:inspect", args=[instance.payment_id])
        return format_html('<a href="{}"><strong>{}</strong></a>', url, instance.code)


class IssuedColumn(PlainColumn):
    """The date of issue in the site's time zone, as on the document."""

    @override
    def get_content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        return date_format(timezone.localtime(instance.issued_at, site_zone()), "DATE_FORMAT")


class TotalColumn(PlainColumn):
    """The amount received or refunded."""

    @override
    def get_content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        data = instance.data
        amount = data["amount"] if data.get("received") is None else data["received"]
        return format_amount(amount, data["currency"])


class ReceiptDocumentPayerColumn(PlainColumn):
    """The payer, if the user can see it."""

    @override
    def get_content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        payer = payer_shown(instance.payment, parent_context["request"].user)
        return payer.name or payer.email or str(payer) or "–"


class ModeColumn(StatusTagColumn):
    """A tag for test documents."""

    cell_template_name = "wagtail_payments/admin/generic/mode_cell.html"


class ActionsColumn(Column):
    """The buttons of a document. ``pdf`` and ``resend`` are URL names."""

    cell_template_name = "wagtail_payments/admin/receipts/actions_cell.html"

    def __init__(self, name: str, *, pdf: str, resend: str, **kwargs: Any) -> None:
        super().__init__(name, accessor=str, **kwargs)
        self.pdf, self.resend = pdf, resend

    @override
    def get_cell_context_data(
        self, instance: ReceiptDocument, parent_context: Any
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        user, payment = parent_context["request"].user, instance.payment
        emailed = payment.payer_email and may_resend_deliveries(user)
        pdf = may_see_payer(user, payment) and reverse(self.pdf, args=[instance.pk])
        resend = emailed and reverse(self.resend, args=[instance.pk])
        return {**context, "pdf_url": pdf, "resend_url": resend}


class ReceiptDocumentPaginator(LongPaginator):
    """A paginator that also reads the payments and series of a page."""

    @override
    def _rows(self, pks: list[Any]) -> list[Any]:
        documents = self.object_list.model._default_manager.select_related("payment", "series")
        rows = documents.in_bulk(pks)
        return [rows[pk] for pk in pks if pk in rows]


class ReceiptDocumentIndexView(ReadOnlyIndexView):
    """The base class of the lists."""

    default_ordering = "-issued_at"
    is_searchable = True
    paginator_class = ReceiptDocumentPaginator
    results_template_name = "wagtail_payments/admin/receipts/index_results.html"

    @override
    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        media = context["media"] + admin_media()
        return {**context, "many": context["paginator"].many, "media": media}

    @override
    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # The order of the index, which is unique.
        sign = "-" if str(self.ordering).startswith("-") else ""
        return queryset.order_by(f"{sign}issued_at", f"{sign}id")

    @override
    def get_search_results(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return documents_search(queryset, self.search_query, self.request.user)


def _mode_label(document: ReceiptDocument) -> str:
    return gettext("Test") if document.series.mode == Mode.TEST else ""


def document_columns(name: str) -> list[Column]:
    """Return the columns of the list whose URL namespace is ``name``."""
    return [
        CodeColumn("code", label=pgettext_lazy("of a receipt", "Number"), classname="wp-moment"),
        IssuedColumn("issued_at", label=_("Issued"), sort_key="issued_at", classname="wp-moment"),
        TotalColumn("amount", label=_("Amount"), classname="wp-number"),
        PlainColumn("product", label=_("Product"), accessor="payment.title", classname="wp-name"),
        ReceiptDocumentPayerColumn("payer", label=_("Payer"), classname="wp-name"),
        ModeColumn("mode", label=_("Mode"), accessor=_mode_label),
        ActionsColumn("actions", label="", pdf=f"{name}:pdf", resend=f"{name}:resend"),
    ]
