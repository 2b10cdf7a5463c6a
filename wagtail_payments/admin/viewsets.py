"""The Payments menu."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, LiveStatusTagColumn
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from ..models import Payment, Product
from ..permissions import machinery_policies, payment_policy, viewset_attributes
from ..selectors.status import provider_in_test_mode
from .deeds import CancelView, ReceiveView, RefundView
from .deliveries import DeliveryViewSet
from .drifts import DriftViewSet
from .filters import PaymentFilterSet
from .forms import PricesPanel
from .listing import ReadOnlyViewSet
from .tables import payment_columns, product_prices_text
from .views import PaymentIndexView, PaymentInspectView, payment_receipt
from .webhooks import WebhookEventViewSet


class PaymentViewSet(ReadOnlyViewSet):
    """Payments are listed and looked at. There is nothing to add, edit or delete."""

    model = Payment
    name = "wagtail_payments_payment"
    url_prefix = "payments/payments"
    icon = "payments"
    menu_label = gettext_lazy("Payments")
    index_view_class = PaymentIndexView
    inspect_view_class = PaymentInspectView
    inspect_view_enabled = True
    inspect_template_name = "wagtail_payments/admin/payment.html"
    filterset_class = PaymentFilterSet
    list_display = payment_columns()
    search_fields = ("payer_email",)

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with a payment."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/refund/", RefundView.as_view(), name="refund"),
            path("<int:pk>/receive/", ReceiveView.as_view(), name="receive"),
            path("<int:pk>/cancel/", CancelView.as_view(), name="cancel"),
            path("<int:pk>/receipt/", payment_receipt, name="receipt"),
        ]


_POLICIES = {
    PaymentViewSet: payment_policy,
    **{
        viewset: machinery_policies[viewset.model]
        for viewset in (DeliveryViewSet, DriftViewSet, WebhookEventViewSet)
    },
}
for _viewset, _policy in _POLICIES.items():
    for _name, _value in viewset_attributes(_policy).items():
        setattr(_viewset, _name, _value)


class ProductViewSet(SnippetViewSet):
    """Products and their prices."""

    model = Product
    icon = "tag"
    menu_label = gettext_lazy("Products")
    admin_url_namespace = "wagtail_payments_product"
    base_url_path = "payments/products"
    list_display = (
        "name",
        Column("prices", label=gettext_lazy("Prices"), accessor=product_prices_text),
        BooleanColumn("active", label=gettext_lazy("Active")),
        LiveStatusTagColumn(),
    )
    list_filter = ("active",)
    search_fields = ("name",)
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Read the prices of all rows at once."""
        products: QuerySet[Product] = Product.objects.prefetch_related("prices")
        return products

    panels = [
        FieldPanel("name"),
        FieldPanel("description"),
        FieldPanel("image"),
        FieldPanel("active"),
        PricesPanel(
            "prices",
            heading=gettext_lazy("Prices"),
            label=gettext_lazy("Price"),
            min_num=1,
            panels=[
                FieldRowPanel([FieldPanel("name"), FieldPanel("currency"), FieldPanel("active")]),
                FieldPanel("amount_type"),
                FieldPanel("amount"),
                MultiFieldPanel(
                    [
                        FieldRowPanel([FieldPanel("minimum"), FieldPanel("maximum")]),
                        FieldPanel("suggested"),
                    ],
                    heading=gettext_lazy("If the payer chooses the amount"),
                ),
                FieldRowPanel([FieldPanel("tax_rate"), FieldPanel("maximum_quantity")]),
                FieldRowPanel([FieldPanel("sold_until"), FieldPanel("stock")]),
            ],
        ),
    ]


def _menu_label() -> str:
    """Say on every admin screen that the money isn't real."""
    return gettext("Payments TEST") if provider_in_test_mode() else gettext("Payments")


class PaymentsGroup(SnippetViewSetGroup):
    """Everything about money, in one menu."""

    items = (
        PaymentViewSet,
        ProductViewSet,
        DeliveryViewSet,
        DriftViewSet,
        WebhookEventViewSet,
    )
    menu_label = lazy(_menu_label, str)()
    menu_name = "payments"
    menu_icon = "payments"
    menu_order = 250
