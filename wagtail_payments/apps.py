"""The app configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class WagtailPaymentsConfig(AppConfig):
    """Payments in Wagtail."""

    name = "wagtail_payments"
    label = "wagtail_payments"
    verbose_name = _("Payments")
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        from wagtail_payments import permissions
        from wagtail_payments.admin import audit, export_tables
        from wagtail_payments.admin.products import page_api
        from wagtail_payments.api import origins
        from wagtail_payments.checks import security, settings
        from wagtail_payments.selectors import caching
        from wagtail_payments.utils import log_filters

        settings.register_all()
        security.register_all()
        origins.allow_origins()
        log_filters.hide_links()
        permissions.register_policies()
        page_api.provide_api_user()
        caching.forget_products()
        export_tables.register_kinds()
        audit.join_logs_unordered()
