"""Reconciliation: where a provider's books and ours differ, and the one safe thing to do."""

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
    """By kind and mode; settled ones on demand."""

    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("What"),
        choices=DiscrepancyKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    mode = django_filters.ChoiceFilter(label=gettext_lazy("Mode"), choices=Mode.choices)
    settled = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Settled"),
        choices=[("too", gettext_lazy("Settled ones too"))],
        method="with_settled",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Discrepancy
        fields: tuple[str, ...] = ()

    def with_settled(
        self, discrepancies: QuerySet[Discrepancy], name: str, value: Any
    ) -> QuerySet[Discrepancy]:
        """Take all: the view leaves out what is settled, unless this is asked for."""
        return discrepancies


class DiscrepancyIndexView(ReadOnlyIndexView):
    """The differences, with when each provider was last compared above them."""

    page_title = gettext_lazy("Reconciliation")
    template_name = "wagtail_payments/admin/reconciliation.html"
    default_ordering = "-found_at"

    def get_base_queryset(self) -> QuerySet[Discrepancy]:
        """Return them with their payments; settled ones when they are asked for."""
        discrepancies = visible_discrepancies(self.request.user)
        if "settled" not in self.request.GET:
            discrepancies = discrepancies_open(discrepancies)
        return discrepancies.select_related("payment")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to compare at once."""
        if not may_resolve_discrepancies(self.request.user):
            return []
        return [HeaderButton(_("Compare now"), url=reverse(f"{_NAME}:run"), icon_name="rotate")]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add when what was compared, for those who may see all of it."""
        jobs = reconciliation_jobs() if may_view_all_payments(self.request.user) else None
        return {**super().get_context_data(*args, **kwargs), "jobs": jobs}


class RunView(ConfirmView):
    """Compare at once."""

    may = may_resolve_discrepancies
    index_url_name = f"{_NAME}:index"
    index_label = gettext_lazy("Reconciliation")
    page_title = gettext_lazy("Compare now")
    header_icon = "rotate"
    submit_label = gettext_lazy("Compare now")
    explanation = gettext_lazy(
        "The provider's books of the last days are compared with ours. What is safe is healed by asking "
        "the provider again; the rest is listed here. It may take some minutes."
    )

    def perform(self) -> None:
        """Have it done in the background."""
        enqueue_jobs(reconciliation_hurry())
        audit_many(self.request.user, COMPARED)
        messages.success(
            self.request, _("The comparison is on its way. Reload this page in a while.")
        )


class SettleForm(forms.Form):
    """What the page offered when it was shown."""

    shown = forms.CharField(widget=forms.HiddenInput)


class SettleView(ConfirmView):
    """Do the one safe thing about a difference."""

    form_class = SettleForm
    may = may_resolve_discrepancies
    index_url_name = f"{_NAME}:index"
    index_label = gettext_lazy("Reconciliation")
    header_icon = "check"

    @cached_property
    def discrepancy(self) -> Discrepancy:
        """Return the difference, unless it is settled."""
        discrepancies = discrepancies_open(visible_discrepancies(self.request.user))
        return get_object_or_404(discrepancies.select_related("payment"), pk=self.kwargs["pk"])

    @cached_property
    def action(self) -> DiscrepancyAction:
        """Return what can be done about it."""
        return discrepancy_action(self.discrepancy)

    @property
    def shown(self) -> str:
        """What the page says of the difference, and offers to do about it."""
        return f"{self.action.label}: {discrepancy_details(self.discrepancy)}"

    def get_page_title(self) -> str:
        """Return what is done."""
        return str(self.action.label)

    def get_page_subtitle(self) -> str:
        """Say about what."""
        return str(self.discrepancy.get_kind_display())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what it means."""
        return {
            **super().get_context_data(**kwargs),
            "explanation": self.action.explanation,
            "submit_button_label": self.action.label,
            "facts": discrepancy_details(self.discrepancy),
            "reference": self.discrepancy.reference,
        }

    def get_initial(self) -> dict[str, Any]:
        """Note what the page says and offers."""
        return {"shown": self.shown}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Do what the page offered, unless it would say something else by now: then show that."""
        if form.cleaned_data["shown"] != self.shown:
            messages.warning(
                self.request, _("This has changed meanwhile. Look at how it stands now.")
            )
            return HttpResponseRedirect(self.request.path)
        return super().form_valid(form)

    def perform(self) -> None:
        """Do it, and say how it went."""
        about = self.discrepancy.payment or self.discrepancy
        if self.action is ASK:
            audit(about, DISCREPANCY_REFRESHED)
            self._ask()
        else:
            audit(about, DISCREPANCY_DISMISSED)
            discrepancy_dismiss(discrepancy_id=self.discrepancy.pk)
            messages.success(self.request, _("The difference is taken off the list."))

    def _ask(self) -> None:
        try:
            settled = discrepancy_refresh(discrepancy_id=self.discrepancy.pk)
        except ProviderError as error:
            messages.error(
                self.request, _("The provider doesn't answer: %(error)s") % {"error": error}
            )
            return
        if settled:
            messages.success(self.request, _("The difference is settled."))
        else:
            messages.warning(
                self.request, _("The provider still says otherwise. Look at the payment there.")
            )


def _payment_url(discrepancy: Discrepancy) -> str | None:
    if discrepancy.payment_id is None:
        return None
    return reverse("wagtail_payments_payment:inspect", args=[discrepancy.payment_id])


def _settle_url(discrepancy: Discrepancy) -> str | None:
    if discrepancy.resolved_at or discrepancy.dismissed:
        return None
    return reverse(f"{_NAME}:settle", args=[discrepancy.pk])


def _action_label(discrepancy: Discrepancy) -> str:
    return str(discrepancy_action(discrepancy).label)


class DiscrepancyViewSet(ReadOnlyViewSet):
    """Reconciliation."""

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
            label=gettext_lazy("What"),
            accessor="get_kind_display",
            get_url=_payment_url,
        ),
        LinkColumn(
            "settle", label=gettext_lazy("To do"), accessor=_action_label, get_url=_settle_url
        ),
        Column("facts", label=gettext_lazy("Ours and theirs"), accessor=discrepancy_details),
        Column("provider", label=gettext_lazy("Provider")),
        Column("mode", label=gettext_lazy("Mode"), accessor="get_mode_display"),
        DateTimeColumn("found_at", label=gettext_lazy("Found"), sort_key="found_at"),
        Column("reference", label=gettext_lazy("Reference")),
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done about differences."""
        return [
            *super().get_urlpatterns(),
            path("run/", RunView.as_view(), name="run"),
            path("<int:pk>/settle/", SettleView.as_view(), name="settle"),
        ]
