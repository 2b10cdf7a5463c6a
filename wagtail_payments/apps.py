"""Start-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WagtailPaymentsConfig(AppConfig):
    """Payments in Wagtail."""

    name = "wagtail_payments"
    label = "wagtail_payments"
    verbose_name = _("Payments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the permission policies."""
        from . import checks, permissions

        checks.register_all()
        permissions.register_policies()
