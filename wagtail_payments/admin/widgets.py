"""The filters' widgets: Django's own render a template, or three, for each thing to choose from."""

from typing import Any

from django import forms
from django.forms.utils import flatatt


class QuickSelect(forms.Select):
    """A select without groups."""

    template_name = "wagtail_payments/admin/widgets/select.html"


class QuickCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes without groups."""

    template_name = "wagtail_payments/admin/widgets/checkboxes.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add its attributes as the template writes them."""
        option = super().create_option(*args, **kwargs)
        return {**option, "flat_attrs": flatatt(option["attrs"])}
