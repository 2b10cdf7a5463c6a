"""App configuration."""

from django.apps import AppConfig


class OrchardConfig(AppConfig):
    name = "example_site.orchard"
    label = "orchard"
    default_auto_field = "django.db.models.BigAutoField"
