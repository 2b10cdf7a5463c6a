"""The columns of our lists."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from wagtail.admin.ui.tables import Column


class PlainColumn(Column):
    """A column of text, written without a template: a list has hundreds of cells."""

    def render_cell_html(self, instance: Any, parent_context: Any) -> str:
        """Return the cell."""
        content = self.content(instance, parent_context)
        return format_html('<td class="{}">{}</td>', self.classname or "", content)

    def content(self, instance: Any, parent_context: Any) -> Any:
        """Return what is in the cell; anything but safe HTML is escaped."""
        return self.get_value(instance)


class AmountColumn(PlainColumn):
    """An amount as people write it."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **{"accessor": "display_amount", "classname": "wp-number", **kwargs})


class DateTimeColumn(PlainColumn):
    """A date as accountants want it, not "two days ago"."""

    def get_value(self, instance: Model) -> str:
        """Return date and time in the active time zone, a dash where there is none."""
        moment = super().get_value(instance)
        return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


class LinkColumn(PlainColumn):
    """A text that leads somewhere. Unlike Wagtail's title it is never broken inside a word."""

    def __init__(self, name: str, *, get_url: Callable[[Any], str | None], **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.get_url = get_url

    def content(self, instance: Model, parent_context: Any) -> str:
        """Return the link, or the text alone where there is nothing to go to."""
        text, url = self.get_value(instance), self.get_url(instance)
        if not url:
            return format_html("<strong>{}</strong>", text)
        return format_html('<a href="{}"><strong>{}</strong></a>', url, text)
