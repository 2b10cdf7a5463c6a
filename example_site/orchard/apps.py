"""Start-up."""

from django.apps import AppConfig


class OrchardConfig(AppConfig):
    """The pages of a small community orchard."""

    name = "example_site.orchard"
    label = "orchard"
    default_auto_field = "django.db.models.BigAutoField"
