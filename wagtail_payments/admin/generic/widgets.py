"""Fast filter widgets. Django's own render one to three templates per option."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from typing_extensions import override


class QuickSelect(forms.Select):
    """A select without option groups, rendered without templates."""

    @override
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = (
            (option["value"], " selected" if option["selected"] else "", option["label"])
            for option in _options(widget)
        )
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(widget["attrs"]),
            format_html_join("\n", '<option value="{}"{}>{}</option>', options),
        )


class QuickCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes without groups, rendered without templates."""

    @override
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        boxes = (
            (
                option["attrs"].get("id", ""),
                name,
                option["value"],
                flatatt(option["attrs"]),
                option["label"],
            )
            for option in _options(widget)
        )
        return format_html(
            '<div id="{}" class="wp-boxes">{}</div>',
            widget["attrs"].get("id", ""),
            format_html_join("\n", _BOX, boxes),
        )


def _options(widget: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (option for _name, options, _index in widget["optgroups"] for option in options)


_BOX = '<div><label for="{}"><input type="checkbox" name="{}" value="{}"{}> {}</label></div>'
