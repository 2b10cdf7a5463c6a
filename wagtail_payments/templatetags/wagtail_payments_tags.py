"""Template tags for a site's own pages: ``{% load wagtail_payments_tags %}``."""

from typing import Any

from django import template
from django.template import Context

from wagtail_payments.selectors.payments.history import history_rows
from wagtail_payments.selectors.payments.payments import payments_of_user

register = template.Library()


@register.inclusion_tag("wagtail_payments/history/list.html", takes_context=True)
def payment_history(context: Context, limit: int = 20) -> dict[str, Any]:
    """Show the newest ``limit`` payments of the signed-in user, and a link to all of them.

    Needs ``request`` in the context. Other visitors are asked to sign in.
    """
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return {"signed_in": False}
    found = list(payments_of_user(user)[: limit + 1])
    return {"signed_in": True, "rows": history_rows(found[:limit]), "more": len(found) > limit}
