"""Start-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WagtailPaymentsSandboxConfig(AppConfig):
    """The sandbox: an app of its own, so that a live site can leave it out."""

    name = "wagtail_payments.sandbox"
    label = "wagtail_payments_sandbox"
    verbose_name = _("Payments sandbox")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from . import checks

        checks.register_all()
