"""Template tags of the orchard."""

from typing import Any

from django import template
from wagtail.models import Page, Site

register = template.Library()


@register.simple_tag(takes_context=True)
def menu_pages(context: dict[str, Any]) -> list[Page]:
    """Return the pages of the site's menu."""
    site = Site.find_for_request(context["request"]) if "request" in context else None
    return list(site.root_page.get_children().live().in_menu()) if site else []
