"""What the lists of receipts and of credit notes have in common: filters, columns, search."""

from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_filters.fields import RangeField
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn

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


class IssuedField(RangeField):
    """The first and the last of some days."""

    widget = DateRangePickerWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((forms.DateField(), forms.DateField()), *args, **kwargs)


class IssuedFilter(django_filters.DateFromToRangeFilter):
    """Days of the site's time zone, not of whoever looks at the list."""

    field_class = IssuedField

    def filter(self, qs: QuerySet[Any], value: slice | None) -> QuerySet[Any]:
        """Keep what was issued on one of these days."""
        return documents_in_period(qs, value.start, value.stop) if value else qs


class ReceiptDocumentFilterSet(WagtailFilterSet):
    """By day, year and mode."""

    series_kind: ClassVar[SeriesKind]

    issued_at = IssuedFilter(label=_("Issued"))
    year = django_filters.ChoiceFilter(label=_("Year"), method="of_year")
    mode = django_filters.ChoiceFilter(label=_("Mode"), choices=Mode.choices, method="of_mode")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = series_years(self.series_kind)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def of_year(self, documents: QuerySet[Any], name: str, year: str) -> QuerySet[Any]:
        """Keep what was issued in a year of the site's time zone: that of its number."""
        return documents_in_period(documents, date(int(year), 1, 1), date(int(year), 12, 31))

    def of_mode(self, documents: QuerySet[Any], name: str, mode: str) -> QuerySet[Any]:
        """Keep test numbers, or live ones."""
        return documents_of_mode(documents, mode)


class ReceiptFilterSet(ReceiptDocumentFilterSet):
    """Of receipts."""

    series_kind = SeriesKind.RECEIPT

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()


class CreditNoteFilterSet(ReceiptDocumentFilterSet):
    """Of credit notes."""

    series_kind = SeriesKind.CREDIT_NOTE

    class Meta:
        model = CreditNote
        fields: tuple[str, ...] = ()


class CodeColumn(PlainColumn):
    """The number, which leads to the payment."""

    def content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        """Return the link."""
        url = reverse("wagtail_payments_payment:inspect", args=[instance.payment_id])
        return format_html('<a href="{}"><strong>{}</strong></a>', url, instance.code)


class IssuedColumn(PlainColumn):
    """The day that the paper itself names."""

    def content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        """Return the day in the site's time zone, whoever looks."""
        return date_format(timezone.localtime(instance.issued_at, site_zone()), "DATE_FORMAT")


class TotalColumn(PlainColumn):
    """What the paper is about, in the active language."""

    def content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        """Return the amount: what came, or was given back."""
        data = instance.data
        amount = data["amount"] if data.get("received") is None else data["received"]
        return format_amount(amount, data["currency"])


class ReceiptDocumentPayerColumn(PlainColumn):
    """Who paid, as far as whoever looks at the list may know."""

    def content(self, instance: ReceiptDocument, parent_context: Any) -> str:
        """Return what this user may see."""
        payer = payer_shown(instance.payment, parent_context["request"].user)
        return payer.name or payer.email or str(payer) or "–"


class ModeColumn(StatusTagColumn):
    """A mark where the money isn't real; nothing where it is."""

    cell_template_name = "wagtail_payments/admin/generic/mode_cell.html"


class ActionsColumn(Column):
    """What may be done with a paper: ``pdf`` and ``resend`` name the addresses."""

    cell_template_name = "wagtail_payments/admin/receipts/actions_cell.html"

    def __init__(self, name: str, *, pdf: str, resend: str, **kwargs: Any) -> None:
        super().__init__(name, accessor=str, **kwargs)
        self.pdf, self.resend = pdf, resend

    def get_cell_context_data(
        self, instance: ReceiptDocument, parent_context: Any
    ) -> dict[str, Any]:
        """Add the addresses, none for those who may not."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        user, payment = parent_context["request"].user, instance.payment
        emailed = payment.payer_email and may_resend_deliveries(user)
        pdf = may_see_payer(user, payment) and reverse(self.pdf, args=[instance.pk])
        resend = emailed and reverse(self.resend, args=[instance.pk])
        return {**context, "pdf_url": pdf, "resend_url": resend}


class ReceiptDocumentPaginator(LongPaginator):
    """Reads what a line shows along with the rows of a page."""

    def _rows(self, pks: list[Any]) -> list[Any]:
        documents = self.object_list.model._default_manager.select_related("payment", "series")
        found = documents.in_bulk(pks)
        return [found[pk] for pk in pks if pk in found]


class ReceiptDocumentIndexView(ReadOnlyIndexView):
    """The list: only what this user may see, whatever is searched for or filtered."""

    default_ordering = "-issued_at"
    is_searchable = True
    paginator_class = ReceiptDocumentPaginator
    results_template_name = "wagtail_payments/admin/receipts/index_results.html"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Say whether there are more than are counted."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        media = context["media"] + admin_media()
        return {**context, "many": context["paginator"].many, "media": media}

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Order along the index, so that two of the same moment stay in order, too."""
        sign = "-" if str(self.ordering).startswith("-") else ""
        return queryset.order_by(f"{sign}issued_at", f"{sign}id")

    def searched(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Search by number, and by payer where that is allowed."""
        return documents_search(queryset, self.search_query, self.request.user)


def _test_mark(document: ReceiptDocument) -> str:
    return gettext("Test") if document.series.mode == Mode.TEST else ""


def document_columns(name: str) -> list[Column]:
    """Return the columns of the list whose addresses begin with ``name``."""
    return [
        CodeColumn("code", label=pgettext_lazy("of a receipt", "Number"), classname="wp-moment"),
        IssuedColumn("issued_at", label=_("Issued"), sort_key="issued_at", classname="wp-moment"),
        TotalColumn("amount", label=_("Amount"), classname="wp-number"),
        PlainColumn(
            "product", label=_("Product"), accessor="payment.title", classname="wp-anybody"
        ),
        ReceiptDocumentPayerColumn("payer", label=_("Payer"), classname="wp-anybody"),
        ModeColumn("mode", label=_("Mode"), accessor=_test_mark),
        ActionsColumn("actions", label="", pdf=f"{name}:pdf", resend=f"{name}:resend"),
    ]
