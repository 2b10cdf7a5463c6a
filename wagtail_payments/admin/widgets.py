"""The filters' widgets: Django's own render a template, or three, for each thing to choose from."""

from django import forms


class QuickSelect(forms.Select):
    """A select without groups."""

    template_name = "wagtail_payments/admin/widgets/select.html"


class QuickCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes without groups."""

    template_name = "wagtail_payments/admin/widgets/checkboxes.html"
