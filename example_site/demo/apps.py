"""Start-up."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The ``demo`` command: starts everything and takes one payment."""

    name = "example_site.demo"
    label = "demo"
