"""Registers what Wagtail should know of. Nothing else lives here."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .admin.viewsets import PaymentsGroup
from .permissions import register_policies

# Wagtail may load this file before our AppConfig is ready, and a policy has to be there before any
# viewset asks for it.
register_policies()
register_snippet(PaymentsGroup)


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    """Add our icons."""
    return [*icons, "wagtail_payments/icons/payments.svg"]


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Show our permissions in Wagtail's group editor."""
    return Permission.objects.filter(
        content_type__app_label="wagtail_payments",
        codename__in=[
            "view_payment",
            "view_product_payments",
            "refund_payment",
            "receive_payment",
        ],
    )
