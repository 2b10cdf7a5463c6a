"""Webhook health: what came in, what became of it, and once more."""

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.models import InspectView
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.admin.generic.confirm import ConfirmView
from wagtail_payments.admin.generic.listing import ReadOnlyIndexView, ReadOnlyViewSet
from wagtail_payments.admin.generic.tables import DateTimeColumn, LinkColumn
from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import Mode, WebhookState
from wagtail_payments.models import WebhookEvent
from wagtail_payments.permissions import may_replay_events, may_see_all_payers, visible_payments
from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.selectors.health.problems import health_problems
from wagtail_payments.services.audit.log import (
    EVENT_IGNORED,
    EVENT_REDACTED,
    EVENT_REPLAYED,
    EVENTS_REPLAYED,
    PAYERS_SEEN,
    audit,
    audit_many,
)
from wagtail_payments.services.webhooks.replay import (
    webhook_ignore,
    webhooks_failed,
    webhooks_redact,
    webhooks_replay,
)
from wagtail_payments.tasks import enqueue_webhook

from .health import problem_links

_NAME = "wagtail_payments_webhookevent"


class WebhookFilterSet(WagtailFilterSet):
    """By state and mode."""

    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"),
        choices=WebhookState.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    mode = django_filters.ChoiceFilter(label=gettext_lazy("Mode"), choices=Mode.choices)

    class Meta:
        model = WebhookEvent
        fields: tuple[str, ...] = ()


class WebhookIndexView(ReadOnlyIndexView):
    """All events, with how things stand above them."""

    page_title = gettext_lazy("Webhook health")
    template_name = "wagtail_payments/admin/webhooks/index.html"
    default_ordering = "-received_at"

    def get_base_queryset(self) -> QuerySet[WebhookEvent]:
        """Leave out the payloads: a list doesn't show them."""
        return WebhookEvent.objects.defer("body", "metadata")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to process again what failed."""
        if not (may_replay_events(self.request.user) and webhooks_failed().exists()):
            return []
        label, url = _("Process the failed ones again"), reverse(f"{_NAME}:replay_failed")
        return [HeaderButton(label, url=url, icon_name="rotate")]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add how things stand."""
        health = payments_health()
        return {
            **super().get_context_data(*args, **kwargs),
            "health": health,
            "problems": problem_links(health_problems(health)),
        }


class WebhookInspectView(InspectView):
    """One event: what came of it, the last error, the payload."""

    any_permission_required = ["view"]
    page_title = gettext_lazy("Webhook event")
    template_name = "wagtail_payments/admin/webhooks/inspect.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write down who was shown a payload, which names the payer."""
        if self.shows_payload and self.object.text and payments_conf().LOG_PERSONAL_DATA_VIEWS:
            audit(self.object, PAYERS_SEEN)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    @cached_property
    def shows_payload(self) -> bool:
        """Whether this user may see who paid."""
        return may_see_all_payers(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what this user may see of the event and its payment."""
        payments = visible_payments(self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "shows_payload": self.shows_payload,
            "payment": payments.filter(pk=self.object.payment_id).first(),
        }

    @cached_property
    def header_more_buttons(self) -> list[HeaderButton]:
        """There is nothing to edit or delete."""
        return []

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Return what this user may do with the event."""
        if not may_replay_events(self.request.user):
            return []
        buttons = [("replay", _("Process again"), "rotate")]
        if self.object.state == WebhookState.FAILED:
            buttons.append(("ignore", _("Leave it at that"), "check"))
        if self.object.text:
            buttons.append(("redact", _("Remove the payload"), "bin"))
        return [
            HeaderButton(
                label,
                url=reverse(f"{_NAME}:{name}", args=[self.object.pk]),
                icon_name=icon,
                priority=place,
            )
            for place, (name, label, icon) in enumerate(buttons)
        ]


class WebhookConfirmView(ConfirmView):
    """Something that is done with events."""

    may = may_replay_events
    index_url_name = f"{_NAME}:index"
    index_label = gettext_lazy("Webhook health")
    header_icon = "rotate"

    def replay(self, events: QuerySet[WebhookEvent]) -> None:
        """Have events processed again, and say how many."""
        ids = webhooks_replay(events)
        for event_id in ids:
            enqueue_webhook(event_id)
        text = ngettext(
            "%(count)d event will be processed again.",
            "%(count)d events will be processed again.",
            len(ids),
        )
        messages.success(self.request, text % {"count": len(ids)})


class ReplayView(WebhookConfirmView):
    """One event once more."""

    page_title = gettext_lazy("Process again")
    submit_label = gettext_lazy("Process again")
    explanation = gettext_lazy(
        "The provider is asked how the payment stands now. Nothing is paid, booked or mailed twice."
    )

    def perform(self) -> None:
        """Have it processed again."""
        event = get_object_or_404(WebhookEvent, pk=self.kwargs["pk"])
        self.replay(WebhookEvent.objects.filter(pk=event.pk))
        audit(event, EVENT_REPLAYED)


class ReplayFailedView(WebhookConfirmView):
    """All that failed once more."""

    page_title = gettext_lazy("Process the failed ones again")
    submit_label = gettext_lazy("Process again")
    explanation = gettext_lazy(
        "All events that were given up or fail are processed again. Nothing is paid, booked or mailed "
        "twice."
    )

    def perform(self) -> None:
        """Have them processed again."""
        audit_many(self.request.user, EVENTS_REPLAYED)
        self.replay(webhooks_failed())


class IgnoreView(WebhookConfirmView):
    """No more about one that was given up."""

    page_title = gettext_lazy("Leave it at that")
    header_icon = "check"
    submit_label = gettext_lazy("Leave it at that")
    explanation = gettext_lazy(
        "Look in the provider's dashboard first what this event is about. It stays in the list, but "
        "nothing is done about it any more."
    )

    def perform(self) -> None:
        """Ignore it."""
        event = get_object_or_404(WebhookEvent, pk=self.kwargs["pk"])
        if webhook_ignore(event_id=event.pk):
            audit(event, EVENT_IGNORED)
            messages.success(self.request, _("The event is left at that."))
        else:
            messages.warning(self.request, _("The event isn't given up any more."))


class RedactView(WebhookConfirmView):
    """One payload less."""

    page_title = gettext_lazy("Remove the payload")
    header_icon = "bin"
    submit_label = gettext_lazy("Remove")
    explanation = gettext_lazy(
        "What the provider sent may hold personal data. The event itself and what came of it stay."
    )

    def perform(self) -> None:
        """Remove it."""
        event = get_object_or_404(WebhookEvent, pk=self.kwargs["pk"])
        webhooks_redact([event.pk])
        audit(event, EVENT_REDACTED)
        messages.success(self.request, _("The payload is removed."))


class EventErrorColumn(Column):
    """Why it failed, which may quote what the provider sent."""

    def get_cell_context_data(self, instance: WebhookEvent, parent_context: Any) -> dict[str, Any]:
        """Leave it out for those who may not see who paid."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        if may_see_all_payers(parent_context["request"].user):
            return context
        return {**context, "value": "–" if instance.last_error else ""}


def _event_url(event: WebhookEvent) -> str:
    return reverse(f"{_NAME}:inspect", args=[event.pk])


def _lag(event: WebhookEvent) -> str:
    return f"{event.lag / timedelta(seconds=1):.1f} s" if event.lag is not None else "–"


class WebhookEventViewSet(ReadOnlyViewSet):
    """Webhook health."""

    model = WebhookEvent
    name = _NAME
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
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        Column("provider", label=gettext_lazy("Provider")),
        Column("mode", label=gettext_lazy("Mode"), accessor="get_mode_display"),
        Column("attempts", label=gettext_lazy("Tries")),
        Column("lag", label=gettext_lazy("Lag"), accessor=_lag),
        EventErrorColumn("error", label=gettext_lazy("Last error"), accessor="short_error"),
        DateTimeColumn("received_at", label=gettext_lazy("Received"), sort_key="received_at"),
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with events."""
        return [
            *super().get_urlpatterns(),
            path("replay-failed/", ReplayFailedView.as_view(), name="replay_failed"),
            path("<int:pk>/replay/", ReplayView.as_view(), name="replay"),
            path("<int:pk>/ignore/", IgnoreView.as_view(), name="ignore"),
            path("<int:pk>/redact/", RedactView.as_view(), name="redact"),
        ]
