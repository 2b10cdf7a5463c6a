"""Staff actions on webhook events: process again, ignore, remove the payload."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override
from wagtail.admin import messages

from wagtail_payments.admin.generic.confirm import ConfirmView
from wagtail_payments.enums import WebhookState
from wagtail_payments.models import WebhookEvent
from wagtail_payments.permissions import may_replay_events
from wagtail_payments.services.audit.log import (
    EVENT_IGNORED,
    EVENT_REDACTED,
    EVENT_REPLAYED,
    EVENTS_REPLAYED,
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

NAME = "wagtail_payments_webhookevent"


class WebhookConfirmView(ConfirmView):
    """The base class of actions on webhook events."""

    permission = may_replay_events
    index_url_name = f"{NAME}:index"
    index_label = gettext_lazy("Webhook health")

    def replay(self, events: QuerySet[WebhookEvent]) -> None:
        """Queue ``events`` for processing, and add a message with their number."""
        ids = webhooks_replay(events)
        for event_id in ids:
            enqueue_webhook(event_id)
        text = ngettext(
            "%(count)d event will be processed again.",
            "%(count)d events will be processed again.",
            len(ids),
        )
        messages.success(self.request, text % {"count": len(ids)})


class ReplayFailedView(WebhookConfirmView):
    """Processes all failed and failing events again."""

    page_title = gettext_lazy("Process failed events again")
    header_icon = "rotate"
    submit_label = gettext_lazy("Process again")
    explanation = gettext_lazy(
        "All events that failed or are failing are processed again. Nothing is paid, recorded or emailed "
        "twice."
    )

    @override
    def perform(self) -> None:
        audit_many(self.request.user, EVENTS_REPLAYED)
        self.replay(webhooks_failed())


class WebhookActionView(WebhookConfirmView):
    """The base class of actions on one event.

    A subclass is the only declaration of its action: ``page_title`` and ``header_icon`` are also the
    label and icon of its button.
    """

    action: ClassVar[str]
    """The name of the URL."""

    @cached_property
    def event(self) -> WebhookEvent:
        """The event. Raises Http404."""
        return get_object_or_404(WebhookEvent, pk=self.kwargs["pk"])

    @staticmethod
    def is_available(event: WebhookEvent) -> bool:
        """Return whether the page of ``event`` has a button for the action."""
        return True


class ReplayView(WebhookActionView):
    """Processes one event again."""

    action = "replay"
    page_title = gettext_lazy("Process again")
    header_icon = "rotate"
    explanation = gettext_lazy(
        "The provider is asked for the payment's current state. Nothing is paid, recorded or emailed "
        "twice."
    )

    @override
    def perform(self) -> None:
        self.replay(WebhookEvent.objects.filter(pk=self.event.pk))
        audit(self.event, EVENT_REPLAYED)


class IgnoreView(WebhookActionView):
    """Ignores a failed event."""

    action = "ignore"
    page_title = gettext_lazy("Ignore")
    header_icon = "check"
    explanation = gettext_lazy(
        "Check in the provider's dashboard what this event is about. It stays in the list, but is no "
        "longer counted as failed."
    )

    @staticmethod
    @override
    def is_available(event: WebhookEvent) -> bool:
        return event.state == WebhookState.FAILED

    @override
    def perform(self) -> None:
        if webhook_ignore(event_id=self.event.pk):
            audit(self.event, EVENT_IGNORED)
            messages.success(self.request, _("The event is ignored."))
        else:
            messages.warning(self.request, _("The event is no longer marked as failed."))


class RedactView(WebhookActionView):
    """Removes the payload of one event."""

    action = "redact"
    page_title = gettext_lazy("Remove the payload")
    header_icon = "bin"
    submit_label = gettext_lazy("Remove")
    explanation = gettext_lazy(
        "The data that the provider sent can include personal data. The event itself and its result stay."
    )

    @staticmethod
    @override
    def is_available(event: WebhookEvent) -> bool:
        return bool(event.text)

    @override
    def perform(self) -> None:
        webhooks_redact([self.event.pk])
        audit(self.event, EVENT_REDACTED)
        messages.success(self.request, _("The payload was removed."))


WEBHOOK_ACTIONS: tuple[type[WebhookActionView], ...] = (ReplayView, IgnoreView, RedactView)
"""All staff actions on an event, in the order of their buttons."""


def action_urlpatterns() -> list[URLPattern]:
    """Return a URL pattern for each action."""
    return [
        path("replay-failed/", ReplayFailedView.as_view(), name="replay_failed"),
        *(
            path(f"<int:pk>/{view.action}/", view.as_view(), name=view.action)
            for view in WEBHOOK_ACTIONS
        ),
    ]


def available_actions(event: WebhookEvent, user: Any) -> list[type[WebhookActionView]]:
    """Return the actions that ``event`` allows now and ``user`` has permission for."""
    if not may_replay_events(user):
        return []
    return [view for view in WEBHOOK_ACTIONS if view.is_available(event)]
