"""Accessible charts as SVG: a title, few labels, shapes in addition to colors, and a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import override
from wagtail.admin.ui.components import Component

from wagtail_payments.money import format_amount, format_amount_short

WIDTH, HEIGHT = 640, 220
_LEFT, _TOP, _BOTTOM = 104, 12, 28
_GAP = 0.3
"""The share of a bar's slot that stays empty."""

_MAX_LABELS = 12


@dataclass(frozen=True, slots=True)
class Value:
    """One bar. ``label`` is below it, ``name`` is in the table.

    ``amount`` and ``before``, the amount one year earlier, are in minor units.
    """

    label: str
    name: str
    amount: int
    before: int


class BarChart(Component):
    """Bars, each with a line that marks the amount one year earlier.

    ``name`` is the prefix of the element ids, ``title`` the caption.
    """

    template_name = "wagtail_payments/admin/generic/bar_chart.html"

    def __init__(self, name: str, title: str, currency: str, values: Sequence[Value]) -> None:
        self.name, self.title, self.currency, self.values = name, title, currency, values

    @override
    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
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
        slot = (WIDTH - _LEFT) / max(len(self.values), 1)
        label_step = -(-len(self.values) // _MAX_LABELS)
        return [
            {
                "name": value.name,
                "text": format_amount(value.amount, self.currency),
                "before": format_amount(value.before, self.currency) if value.before else "",
                "x": f"{_LEFT + slot * number + slot * _GAP / 2:.1f}",
                "middle": f"{_LEFT + slot * (number + 0.5):.1f}",
                "width": f"{slot * (1 - _GAP):.1f}",
                "y": f"{_y(value.amount, top):.1f}",
                "height": f"{HEIGHT - _BOTTOM - _y(value.amount, top):.1f}",
                "mark": f"{_y(value.before, top):.1f}" if value.before else "",
                "mark_from": f"{_LEFT + slot * number + 1:.1f}",
                "mark_to": f"{_LEFT + slot * (number + 1) - 1:.1f}",
                "label": value.label if number % label_step == 0 else "",
            }
            for number, value in enumerate(self.values)
        ]

    def _lines(self, top: int) -> list[dict[str, str]]:
        return [
            {"y": f"{_y(amount, top):.1f}", "text": format_amount_short(amount, self.currency)}
            for amount in (0, top // 2, top)
        ]


def share(part: int, whole: int) -> int:
    """Return ``part`` as a percentage of ``whole``, from 0 to 100: the length of a bar."""
    return min(max(round(100 * part / whole), 0), 100) if whole > 0 else 0


def _y(amount: int, top: int) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * max(amount, 0) / top


def _round_up(amount: int) -> int:
    """Return the next larger round number whose half is round, too."""
    step = 10
    while True:
        for tenths in (10, 12, 16, 20, 24, 30, 40, 50, 60, 80):
            if step * tenths // 10 >= amount:
                return step * tenths // 10
        step *= 10
