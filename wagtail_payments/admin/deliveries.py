"""Mails and signals that payments owe: how they stand, and once more."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.admin.generic.confirm import ConfirmView
from wagtail_payments.admin.generic.listing import ReadOnlyIndexView, ReadOnlyViewSet
from wagtail_payments.admin.generic.tables import DateTimeColumn, LinkColumn
from wagtail_payments.enums import DeliveryKind, DeliveryState
from wagtail_payments.models import Delivery
from wagtail_payments.permissions import may_resend_deliveries, may_see_payer, visible_payments
from wagtail_payments.services.deliveries.outbox import delivery_resend
from wagtail_payments.tasks import enqueue_deliveries

_NAME = "wagtail_payments_delivery"


class DeliveryFilterSet(WagtailFilterSet):
    """By state and kind."""

    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"),
        choices=DeliveryState.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("What"),
        choices=DeliveryKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()


class DeliveryIndexView(ReadOnlyIndexView):
    """All deliveries of the payments that this user may see."""

    page_title = gettext_lazy("Mails and signals")
    default_ordering = "-created_at"

    def get_base_queryset(self) -> QuerySet[Delivery]:
        """Return them with their payments."""
        payments = visible_payments(self.request.user)
        return Delivery.objects.filter(payment__in=payments).select_related("payment")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to send again what was given up."""
        if not (may_resend_deliveries(self.request.user) and _dead(self.request.user).exists()):
            return []
        label, url = _("Send the failed ones again"), reverse(f"{_NAME}:resend_failed")
        return [HeaderButton(label, url=url, icon_name="mail")]


class DeliveryConfirmView(ConfirmView):
    """Something that is sent again."""

    may = may_resend_deliveries
    index_url_name = f"{_NAME}:index"
    index_label = gettext_lazy("Mails and signals")
    header_icon = "mail"
    submit_label = gettext_lazy("Send again")

    def resend(self, deliveries: QuerySet[Delivery]) -> None:
        """Send deliveries again, and say how many."""
        ids = [
            pk
            for pk in deliveries.values_list("pk", flat=True)
            if delivery_resend(delivery_id=pk, actor=self.request.user)
        ]
        enqueue_deliveries(ids)
        text = ngettext(
            "%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", len(ids)
        )
        messages.success(self.request, text % {"count": len(ids)})


class ResendView(DeliveryConfirmView):
    """One mail or signal once more."""

    page_title = gettext_lazy("Send again")
    explanation = gettext_lazy(
        "A mail goes to the same address once more, with the same receipt. A signal calls the site's "
        "receivers once more."
    )

    @cached_property
    def delivery(self) -> Delivery:
        """Return the delivery, which has to belong to a payment that this user may see."""
        payments = visible_payments(self.request.user)
        return get_object_or_404(Delivery, pk=self.kwargs["pk"], payment__in=payments)

    def get_page_subtitle(self) -> str:
        """Say which."""
        return str(self.delivery)

    def perform(self) -> None:
        """Send it."""
        self.resend(Delivery.objects.filter(pk=self.delivery.pk))

    def back_url(self) -> str:
        """Return to the payment."""
        return reverse("wagtail_payments_payment:inspect", args=[self.delivery.payment_id])


class ResendFailedView(DeliveryConfirmView):
    """All that was given up once more."""

    page_title = gettext_lazy("Send the failed ones again")
    explanation = gettext_lazy("All mails and signals that were given up are sent again.")

    def perform(self) -> None:
        """Send them."""
        self.resend(_dead(self.request.user))


class ErrorColumn(Column):
    """Why it failed; a mail server's words name the payer."""

    def get_cell_context_data(self, instance: Delivery, parent_context: Any) -> dict[str, Any]:
        """Leave it out for those who may not see who paid."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        if may_see_payer(parent_context["request"].user, instance.owner):
            return context
        return {**context, "value": "–" if instance.last_error else ""}


def _dead(user: Any) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.FAILED, payment__in=visible_payments(user))


def _payment_url(delivery: Delivery) -> str:
    return reverse("wagtail_payments_payment:inspect", args=[delivery.payment_id])


class DeliveryViewSet(ReadOnlyViewSet):
    """Mails and signals."""

    model = Delivery
    name = _NAME
    url_prefix = "payments/deliveries"
    icon = "mail"
    menu_label = gettext_lazy("Mails and signals")
    index_view_class = DeliveryIndexView
    filterset_class = DeliveryFilterSet
    list_display = [
        LinkColumn("name", label=gettext_lazy("What"), accessor=str, get_url=_payment_url),
        Column("payment", label=gettext_lazy("Payment")),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        Column("attempts", label=gettext_lazy("Tries")),
        ErrorColumn("error", label=gettext_lazy("Last error"), accessor="short_error"),
        DateTimeColumn("created_at", label=gettext_lazy("Owed"), sort_key="created_at"),
        DateTimeColumn("sent_at", label=gettext_lazy("Sent"), sort_key="sent_at"),
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with deliveries."""
        return [
            *super().get_urlpatterns(),
            path("resend-failed/", ResendFailedView.as_view(), name="resend_failed"),
            path("<int:pk>/resend/", ResendView.as_view(), name="resend"),
        ]
