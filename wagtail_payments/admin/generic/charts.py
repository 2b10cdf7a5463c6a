"""Charts as SVG that anybody can read: a title, few labels, shapes beside colours, and a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wagtail.admin.ui.components import Component

from wagtail_payments.money import format_amount, format_amount_short

WIDTH, HEIGHT = 640, 220
_LEFT, _TOP, _BOTTOM = 104, 12, 28
_GAP = 0.3
"""Of the room that a bar has, how much stays empty."""

_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Value:
    """One bar, in minor units: ``label`` below it, ``name`` in the table, ``before`` a year earlier."""

    label: str
    name: str
    amount: int
    before: int


class BarChart(Component):
    """Amounts side by side, each with a mark where it stood a year before.

    ``name`` is the id of its elements, ``title`` what it shows.
    """

    template_name = "wagtail_payments/admin/generic/bar_chart.html"

    def __init__(self, name: str, title: str, currency: str, values: Sequence[Value]) -> None:
        self.name, self.title, self.currency, self.values = name, title, currency, values

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """Return where everything stands, in the picture's own units."""
        top = _round_up(max((max(v.amount, v.before) for v in self.values), default=0))
        return {
            "name": self.name,
            "title": self.title,
            "currency": self.currency,
            "width": WIDTH,
            "height": HEIGHT,
            "left": _LEFT,
            "floor": HEIGHT - _BOTTOM,
            "bars": self._bars(top),
            "lines": self._lines(top),
        }

    def _bars(self, top: int) -> list[dict[str, Any]]:
        room = (WIDTH - _LEFT) / max(len(self.values), 1)
        every = -(-len(self.values) // _MOST_LABELS)
        return [
            {
                "name": value.name,
                "text": format_amount(value.amount, self.currency),
                "before": format_amount(value.before, self.currency) if value.before else "",
                "x": f"{_LEFT + room * number + room * _GAP / 2:.1f}",
                "middle": f"{_LEFT + room * (number + 0.5):.1f}",
                "width": f"{room * (1 - _GAP):.1f}",
                "y": f"{_y(value.amount, top):.1f}",
                "height": f"{HEIGHT - _BOTTOM - _y(value.amount, top):.1f}",
                "mark": f"{_y(value.before, top):.1f}" if value.before else "",
                "mark_from": f"{_LEFT + room * number + 1:.1f}",
                "mark_to": f"{_LEFT + room * (number + 1) - 1:.1f}",
                "label": value.label if number % every == 0 else "",
            }
            for number, value in enumerate(self.values)
        ]

    def _lines(self, top: int) -> list[dict[str, str]]:
        return [
            {"y": f"{_y(amount, top):.1f}", "text": format_amount_short(amount, self.currency)}
            for amount in (0, top // 2, top)
        ]


def share(part: int, whole: int) -> int:
    """Return ``part`` in percent of ``whole``, for the length of a bar: 0 to 100."""
    return min(max(round(100 * part / whole), 0), 100) if whole > 0 else 0


def _y(amount: int, top: int) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * max(amount, 0) / top


def _round_up(amount: int) -> int:
    """Return the next larger number that is round, and whose half is round, too."""
    step = 10
    while True:
        for tenths in (10, 12, 16, 20, 24, 30, 40, 50, 60, 80):
            if step * tenths // 10 >= amount:
                return step * tenths // 10
        step *= 10
