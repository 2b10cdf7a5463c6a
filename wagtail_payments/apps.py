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
        """Register checks and policies, let in listed origins, and what else begins with the site."""
        from . import checks, checks_web, log_filters, permissions
        from .admin import export_kinds, log_actions, page_api
        from .api import origins
        from .selectors import caching

        checks.register_all()
        checks_web.register_all()
        origins.allow_origins()
        log_filters.hide_links()
        permissions.register_policies()
        page_api.note_editors()
        caching.forget_products()
        export_kinds.register_kinds()
        log_actions.join_logs_unordered()
