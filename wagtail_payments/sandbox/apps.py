"""The app configuration of the sandbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class WagtailPaymentsSandboxConfig(AppConfig):
    """The sandbox is an app of its own, so that a live site can leave it out."""

    name = "wagtail_payments.sandbox"
    label = "wagtail_payments_sandbox"
    verbose_name = _("Payments sandbox")
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        from . import checks

        checks.register_all()
