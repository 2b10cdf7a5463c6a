"""What isn't well, with links."""

from django.urls import reverse

from ..selectors.health_text import Problem


def problem_links(problems: list[Problem]) -> list[dict[str, str]]:
    """Return the sentences with the addresses where something is done about them."""
    return [
        {"text": problem.text, "url": f"{reverse(problem.url_name)}?{problem.query}".rstrip("?")}
        for problem in problems
    ]
