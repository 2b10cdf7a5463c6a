"""The warning on Wagtail's home page."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from wagtail.admin.ui.components import Component

from ..permissions import may_view_all_payments
from ..selectors.health import payments_health
from ..selectors.health_text import Problem, health_problems


def problem_links(problems: list[Problem]) -> list[dict[str, str]]:
    """Return the sentences with the addresses where something is done about them."""
    return [
        {"text": problem.text, "url": f"{reverse(problem.url_name)}?{problem.query}".rstrip("?")}
        for problem in problems
    ]


class HealthPanel(Component):
    """Says what isn't well, to those who see all payments; for others it is empty."""

    name = "payments_health"
    order = 50
    template_name = "wagtail_payments/admin/health_panel.html"

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def problems(self) -> list[dict[str, str]]:
        """What isn't well."""
        if not may_view_all_payments(self.user):
            return []
        return problem_links(health_problems(payments_health()))

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return what the template shows."""
        return {"problems": self.problems}
