"""Products in the admin."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, LiveStatusTagColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from wagtail_payments.admin.generic.listing import PolicyMixin
from wagtail_payments.models import Product
from wagtail_payments.permissions import MONEY_RIGHTS, SUBSCRIPTIONS, product_policy

from . import views
from .access import AccessEditView, AccessRemoveView, AccessView
from .chooser import ProductChooserViewSet
from .forms import PricesPanel
from .views import product_prices_text


class ProductURLFinder(ModelAdminURLFinder):
    """Finds the edit URL of products that the user can change. Wagtail 7.4 needs the policy here."""

    permission_policy = product_policy
    edit_url_name = "wagtail_payments_product:edit"


class ProductViewSet(PolicyMixin, SnippetViewSet):
    """The list of products, their forms, and the permissions for them."""

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
    inspect_view_enabled = True
    inspect_view_fields = ["name", "description", "prices", "image", "active"]

    index_view_class = views.ProductIndexView
    add_view_class = views.ProductCreateView
    edit_view_class = views.ProductEditView
    inspect_view_class = views.ProductInspectView
    delete_view_class = views.ProductDeleteView
    usage_view_class = views.ProductUsageView
    history_view_class = views.ProductHistoryView
    preview_on_edit_view_class = views.ProductPreviewView
    revisions_view_class = views.ProductRevisionView
    revisions_compare_view_class = views.ProductCompareView
    revisions_unschedule_view_class = views.ProductUnscheduleView
    unpublish_view_class = views.ProductUnpublishView
    chooser_viewset_class = ProductChooserViewSet
    url_finder_class = ProductURLFinder

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

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("access/<int:pk>/", AccessView.as_view(), name="access"),
            path("access/<int:pk>/grant/", AccessEditView.as_view(), name="access_grant"),
            path(
                "access/<int:pk>/<str:kind>/<str:holder>/",
                AccessEditView.as_view(),
                name="access_change",
            ),
            path(
                "access/<int:pk>/<str:kind>/<str:holder>/remove/",
                AccessRemoveView.as_view(),
                name="access_remove",
            ),
        ]

    @override
    def get_permissions_to_register(self) -> QuerySet[Permission]:
        # Wagtail's group editor offers these as permissions for all payments.
        permissions: QuerySet[Permission] = super().get_permissions_to_register()
        duplicates = {right.codename for right in MONEY_RIGHTS if right is not SUBSCRIPTIONS}
        return permissions.exclude(codename__in=duplicates)
