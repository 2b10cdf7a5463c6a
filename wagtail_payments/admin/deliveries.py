"""Deliveries: the emails and signals of payments, and sending them again."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.admin.generic.confirm import ConfirmView
from wagtail_payments.admin.generic.listing import ReadOnlyIndexView, ReadOnlyViewSet
from wagtail_payments.admin.generic.tables import DateTimeColumn, LinkColumn, PrivateColumn
from wagtail_payments.enums import DeliveryKind, DeliveryState
from wagtail_payments.models import Delivery
from wagtail_payments.permissions import may_resend_deliveries, may_see_payer, visible_payments
from wagtail_payments.services.deliveries.outbox import delivery_resend
from wagtail_payments.tasks import enqueue_deliveries

_NAME = "wagtail_payments_delivery"


class DeliveryFilterSet(WagtailFilterSet):
    """Filters by status and kind."""

    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Status"),
        choices=DeliveryState.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"),
        choices=DeliveryKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()


class DeliveryIndexView(ReadOnlyIndexView):
    """The deliveries of payments that the user can see."""

    page_title = gettext_lazy("Deliveries")
    default_ordering = "-created_at"

    @override
    def get_base_queryset(self) -> QuerySet[Delivery]:
        payments = visible_payments(self.request.user)
        return Delivery.objects.filter(payment__in=payments).select_related("payment")

    @cached_property
    @override
    def header_buttons(self) -> list[HeaderButton]:
        user = self.request.user
        if not (may_resend_deliveries(user) and _failed_deliveries(user).exists()):
            return []
        url = reverse(f"{_NAME}:resend_failed")
        return [HeaderButton(ResendFailedView.page_title, url=url, icon_name="mail")]


class DeliveryConfirmView(ConfirmView):
    """The base class of views that send deliveries again."""

    permission = may_resend_deliveries
    index_url_name = f"{_NAME}:index"
    index_label = gettext_lazy("Deliveries")
    header_icon = "mail"
    submit_label = gettext_lazy("Send again")

    def resend(self, deliveries: QuerySet[Delivery]) -> None:
        """Queue ``deliveries`` again, and add a message with their number."""
        ids = [
            pk
            for pk in deliveries.values_list("pk", flat=True)
            if delivery_resend(delivery_id=pk, actor=self.request.user)
        ]
        enqueue_deliveries(ids)
        text = ngettext(
            "%(count)d delivery will be sent again.",
            "%(count)d deliveries will be sent again.",
            len(ids),
        )
        messages.success(self.request, text % {"count": len(ids)})


class ResendView(DeliveryConfirmView):
    """Sends one email or signal again."""

    page_title = gettext_lazy("Send again")
    explanation = gettext_lazy(
        "An email is sent to the same address again, with the same receipt. A signal calls the site's "
        "receivers again."
    )

    @cached_property
    def delivery(self) -> Delivery:
        """The delivery of a payment that the user can see. Raises Http404."""
        payments = visible_payments(self.request.user)
        return get_object_or_404(Delivery, pk=self.kwargs["pk"], payment__in=payments)

    @override
    def get_page_subtitle(self) -> str:
        return str(self.delivery)

    @override
    def perform(self) -> None:
        self.resend(Delivery.objects.filter(pk=self.delivery.pk))

    @override
    def get_success_url(self) -> str:
        return reverse("wagtail_payments_payment:inspect", args=[self.delivery.payment_id])


class ResendFailedView(DeliveryConfirmView):
    """Sends all failed deliveries again."""

    page_title = gettext_lazy("Send failed deliveries again")
    explanation = gettext_lazy("All emails and signals that failed are sent again.")

    @override
    def perform(self) -> None:
        self.resend(_failed_deliveries(self.request.user))


def _failed_deliveries(user: Any) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.FAILED, payment__in=visible_payments(user))


def _payment_url(delivery: Delivery) -> str:
    return reverse("wagtail_payments_payment:inspect", args=[delivery.payment_id])


class DeliveryViewSet(ReadOnlyViewSet):
    """The list of deliveries and its actions."""

    model = Delivery
    name = _NAME
    url_prefix = "payments/deliveries"
    icon = "mail"
    menu_label = gettext_lazy("Deliveries")
    index_view_class = DeliveryIndexView
    filterset_class = DeliveryFilterSet
    list_display = [
        LinkColumn("name", label=gettext_lazy("Delivery"), accessor=str, get_url=_payment_url),
        Column("payment", label=gettext_lazy("Payment")),
        Column("state", label=gettext_lazy("Status"), accessor="get_state_display"),
        Column("attempts", label=gettext_lazy("Attempts")),
        PrivateColumn(
            "error",
            label=gettext_lazy("Last error"),
            accessor="short_error",
            # Mail servers' responses name the payer.
            permission=lambda user, delivery: may_see_payer(user, delivery.owner),
        ),
        DateTimeColumn("created_at", label=gettext_lazy("Queued"), sort_key="created_at"),
        DateTimeColumn("sent_at", label=gettext_lazy("Sent"), sort_key="sent_at"),
    ]

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("resend-failed/", ResendFailedView.as_view(), name="resend_failed"),
            path("<int:pk>/resend/", ResendView.as_view(), name="resend"),
        ]
