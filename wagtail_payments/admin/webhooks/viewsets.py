"""The list of webhook events and their health."""

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.admin.generic.listing import ReadOnlyIndexView, ReadOnlyViewSet
from wagtail_payments.admin.generic.tables import DateTimeColumn, LinkColumn, PrivateColumn
from wagtail_payments.admin.health import problem_links
from wagtail_payments.enums import Mode, WebhookState
from wagtail_payments.models import WebhookEvent
from wagtail_payments.permissions import may_replay_events, may_see_all_payers
from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.selectors.health.problems import health_problems
from wagtail_payments.services.webhooks.replay import webhooks_failed

from .actions import NAME, ReplayFailedView, action_urlpatterns
from .inspect import WebhookInspectView


class WebhookFilterSet(WagtailFilterSet):
    """Filters by status and mode."""

    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Status"),
        choices=WebhookState.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    mode = django_filters.ChoiceFilter(label=gettext_lazy("Mode"), choices=Mode.choices)

    class Meta:
        model = WebhookEvent
        fields: tuple[str, ...] = ()


class WebhookIndexView(ReadOnlyIndexView):
    """All events, below a summary of their health."""

    page_title = gettext_lazy("Webhook health")
    template_name = "wagtail_payments/admin/webhooks/index.html"
    default_ordering = "-received_at"

    @override
    def get_base_queryset(self) -> QuerySet[WebhookEvent]:
        return WebhookEvent.objects.defer("body", "metadata")

    @cached_property
    @override
    def header_buttons(self) -> list[HeaderButton]:
        if not (may_replay_events(self.request.user) and webhooks_failed().exists()):
            return []
        url = reverse(f"{NAME}:replay_failed")
        return [HeaderButton(ReplayFailedView.page_title, url=url, icon_name="rotate")]

    @override
    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        health = payments_health()
        return {
            **super().get_context_data(*args, **kwargs),
            "health": health,
            "problems": problem_links(health_problems(health)),
        }


def _event_url(event: WebhookEvent) -> str:
    return reverse(f"{NAME}:inspect", args=[event.pk])


def _lag(event: WebhookEvent) -> str:
    return f"{event.lag / timedelta(seconds=1):.1f} s" if event.lag is not None else "–"


class WebhookEventViewSet(ReadOnlyViewSet):
    """The list of webhook events, their pages and actions."""

    model = WebhookEvent
    name = NAME
    url_prefix = "payments/webhooks"
    icon = "rotate"
    menu_label = gettext_lazy("Webhook health")
    index_view_class = WebhookIndexView
    inspect_view_class = WebhookInspectView
    inspect_view_enabled = True
    filterset_class = WebhookFilterSet
    search_fields = ("event_id", "type")
    list_display = [
        LinkColumn("type", label=gettext_lazy("Type"), get_url=_event_url, sort_key="type"),
        Column("state", label=gettext_lazy("Status"), accessor="get_state_display"),
        Column("provider", label=gettext_lazy("Provider")),
        Column("mode", label=gettext_lazy("Mode"), accessor="get_mode_display"),
        Column("attempts", label=gettext_lazy("Attempts")),
        Column("lag", label=gettext_lazy("Lag"), accessor=_lag),
        PrivateColumn(
            "error",
            label=gettext_lazy("Last error"),
            accessor="short_error",
            permission=lambda user, event: may_see_all_payers(user),
        ),
        DateTimeColumn("received_at", label=gettext_lazy("Received"), sort_key="received_at"),
    ]

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), *action_urlpatterns()]
