"""Reconciliation: discrepancies between the provider's data and yours, and how to resolve them."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.admin.generic.confirm import ConfirmView
from wagtail_payments.admin.generic.listing import ReadOnlyIndexView, ReadOnlyViewSet
from wagtail_payments.admin.generic.tables import DateTimeColumn, LinkColumn
from wagtail_payments.enums import DiscrepancyKind, Mode
from wagtail_payments.models import Discrepancy
from wagtail_payments.permissions import (
    may_resolve_discrepancies,
    may_view_all_payments,
    visible_discrepancies,
)
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.selectors.health.health import discrepancies_open
from wagtail_payments.selectors.reconciliation import (
    ASK,
    DiscrepancyAction,
    discrepancy_action,
    discrepancy_details,
    reconciliation_jobs,
)
from wagtail_payments.services.audit.log import (
    COMPARED,
    DISCREPANCY_DISMISSED,
    DISCREPANCY_REFRESHED,
    audit,
    audit_many,
)
from wagtail_payments.services.reconciliation.discrepancies import (
    discrepancy_dismiss,
    discrepancy_refresh,
)
from wagtail_payments.services.scheduler.jobs import reconciliation_hurry
from wagtail_payments.tasks import enqueue_jobs

_NAME = "wagtail_payments_discrepancy"


class DiscrepancyFilterSet(WagtailFilterSet):
    """Filters by kind and mode. Can include resolved discrepancies."""

    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"),
        choices=DiscrepancyKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    mode = django_filters.ChoiceFilter(label=gettext_lazy("Mode"), choices=Mode.choices)
    resolved = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Resolved"),
        choices=[("true", gettext_lazy("Include resolved"))],
        method="filter_resolved",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Discrepancy
        fields: tuple[str, ...] = ()

    def filter_resolved(
        self, discrepancies: QuerySet[Discrepancy], name: str, value: Any
    ) -> QuerySet[Discrepancy]:
        """Return all: the view leaves out resolved ones unless this filter is set."""
        return discrepancies


class DiscrepancyIndexView(ReadOnlyIndexView):
    """The discrepancies, below the status of each provider's comparison."""

    page_title = gettext_lazy("Reconciliation")
    template_name = "wagtail_payments/admin/reconciliation.html"
    default_ordering = "-found_at"

    @override
    def get_base_queryset(self) -> QuerySet[Discrepancy]:
        discrepancies = visible_discrepancies(self.request.user)
        if "resolved" not in self.request.GET:
            discrepancies = discrepancies_open(discrepancies)
        return discrepancies.select_related("payment")

    @cached_property
    @override
    def header_buttons(self) -> list[HeaderButton]:
        if not may_resolve_discrepancies(self.request.user):
            return []
        return [HeaderButton(_("Compare now"), url=reverse(f"{_NAME}:run"), icon_name="rotate")]

    @override
    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        jobs = reconciliation_jobs() if may_view_all_payments(self.request.user) else None
        return {**super().get_context_data(*args, **kwargs), "jobs": jobs}


class RunView(ConfirmView):
    """Starts a comparison with the providers."""

    permission = may_resolve_discrepancies
    index_url_name = f"{_NAME}:index"
    index_label = gettext_lazy("Reconciliation")
    page_title = gettext_lazy("Compare now")
    header_icon = "rotate"
    submit_label = gettext_lazy("Compare now")
    explanation = gettext_lazy(
        "Compares the provider's data of the last days with yours. Safe fixes are applied, and the remaining "
        "discrepancies are listed here. This can take several minutes."
    )

    @override
    def perform(self) -> None:
        enqueue_jobs(reconciliation_hurry())
        audit_many(self.request.user, COMPARED)
        messages.success(
            self.request, _("The comparison has started. Reload this page in a few minutes.")
        )


class ResolveForm(forms.Form):
    """The action and the details that the page showed."""

    shown = forms.CharField(widget=forms.HiddenInput)


class ResolveView(ConfirmView):
    """Performs the one safe action for a discrepancy."""

    form_class = ResolveForm
    permission = may_resolve_discrepancies
    index_url_name = f"{_NAME}:index"
    index_label = gettext_lazy("Reconciliation")
    header_icon = "check"

    @cached_property
    def discrepancy(self) -> Discrepancy:
        """The open discrepancy. Raises Http404."""
        discrepancies = discrepancies_open(visible_discrepancies(self.request.user))
        return get_object_or_404(discrepancies.select_related("payment"), pk=self.kwargs["pk"])

    @cached_property
    def action(self) -> DiscrepancyAction:
        """The action that can resolve it."""
        return discrepancy_action(self.discrepancy)

    @property
    def description(self) -> str:
        """The action and the details, to detect changes since the page was shown."""
        return f"{self.action.label}: {discrepancy_details(self.discrepancy)}"

    @override
    def get_page_title(self) -> str:
        return str(self.action.label)

    @override
    def get_page_subtitle(self) -> str:
        return str(self.discrepancy.get_kind_display())

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "explanation": self.action.explanation,
            "submit_button_label": self.action.label,
            "details": discrepancy_details(self.discrepancy),
            "reference": self.discrepancy.reference,
        }

    @override
    def get_initial(self) -> dict[str, Any]:
        return {"shown": self.description}

    @override
    def form_valid(self, form: forms.Form) -> HttpResponse:
        if form.cleaned_data["shown"] != self.description:
            messages.warning(
                self.request, _("This discrepancy has changed. Check its current state.")
            )
            return HttpResponseRedirect(self.request.path)
        return super().form_valid(form)

    @override
    def perform(self) -> None:
        subject = self.discrepancy.payment or self.discrepancy
        if self.action is ASK:
            audit(subject, DISCREPANCY_REFRESHED)
            self._refresh()
        else:
            audit(subject, DISCREPANCY_DISMISSED)
            discrepancy_dismiss(discrepancy_id=self.discrepancy.pk)
            messages.success(self.request, _("The discrepancy was dismissed."))

    def _refresh(self) -> None:
        try:
            resolved = discrepancy_refresh(discrepancy_id=self.discrepancy.pk)
        except ProviderError as error:
            messages.error(
                self.request, _("The provider does not respond: %(error)s") % {"error": error}
            )
            return
        if resolved:
            messages.success(self.request, _("The discrepancy is resolved."))
        else:
            messages.warning(
                self.request,
                _("The provider still reports a different state. Check the payment there."),
            )


def _payment_url(discrepancy: Discrepancy) -> str | None:
    if discrepancy.payment_id is None:
        return None
    return reverse("wagtail_payments_payment:inspect", args=[discrepancy.payment_id])


def _resolve_url(discrepancy: Discrepancy) -> str | None:
    if discrepancy.resolved_at or discrepancy.dismissed:
        return None
    return reverse(f"{_NAME}:resolve", args=[discrepancy.pk])


def _action_label(discrepancy: Discrepancy) -> str:
    return str(discrepancy_action(discrepancy).label)


class DiscrepancyViewSet(ReadOnlyViewSet):
    """The list of discrepancies and its actions."""

    model = Discrepancy
    name = _NAME
    url_prefix = "payments/reconciliation"
    icon = "resubmit"
    menu_label = gettext_lazy("Reconciliation")
    index_view_class = DiscrepancyIndexView
    filterset_class = DiscrepancyFilterSet
    search_fields = ("reference",)
    list_display = [
        LinkColumn(
            "kind",
            label=gettext_lazy("Discrepancy"),
            accessor="get_kind_display",
            get_url=_payment_url,
        ),
        LinkColumn(
            "action", label=gettext_lazy("Action"), accessor=_action_label, get_url=_resolve_url
        ),
        Column("details", label=gettext_lazy("Details"), accessor=discrepancy_details),
        Column("provider", label=gettext_lazy("Provider")),
        Column("mode", label=gettext_lazy("Mode"), accessor="get_mode_display"),
        DateTimeColumn("found_at", label=gettext_lazy("Found"), sort_key="found_at"),
        Column("reference", label=gettext_lazy("Reference")),
    ]

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("run/", RunView.as_view(), name="run"),
            path("<int:pk>/resolve/", ResolveView.as_view(), name="resolve"),
        ]
