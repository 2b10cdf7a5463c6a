"""Table columns that several lists use."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from typing_extensions import override
from wagtail.admin.ui.tables import Column


class PlainColumn(Column):
    """A text column that is rendered without a template, because lists have hundreds of cells."""

    @override
    def render_cell_html(self, instance: Any, parent_context: Any) -> str:
        content = self.get_content(instance, parent_context)
        return format_html('<td class="{}">{}</td>', self.classname or "", content)

    def get_content(self, instance: Any, parent_context: Any) -> Any:
        """Return the cell's content. It is escaped unless it is safe HTML."""
        return self.get_value(instance)


class AmountColumn(PlainColumn):
    """An amount with its currency."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **{"accessor": "display_amount", "classname": "wp-number", **kwargs})


class DateTimeColumn(PlainColumn):
    """An absolute date and time, in the active time zone, or a dash."""

    @override
    def get_value(self, instance: Model) -> str:
        value = super().get_value(instance)
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT") if value else "–"


class LinkColumn(PlainColumn):
    """A link, or plain text if ``get_url`` returns None. Unlike Wagtail's, words aren't broken."""

    def __init__(self, name: str, *, get_url: Callable[[Any], str | None], **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.get_url = get_url

    @override
    def get_content(self, instance: Model, parent_context: Any) -> str:
        text, url = self.get_value(instance), self.get_url(instance)
        if not url:
            return format_html("<strong>{}</strong>", text)
        return format_html('<a href="{}"><strong>{}</strong></a>', url, text)


class PrivateColumn(Column):
    """A value that can name the payer: a dash for users who fail ``permission``.

    ``permission`` is called with the user and the row.
    """

    def __init__(self, name: str, *, permission: Callable[[Any, Any], bool], **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.permission = permission

    @override
    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        if self.permission(parent_context["request"].user, instance):
            return context
        return {**context, "value": "–" if context["value"] else ""}
