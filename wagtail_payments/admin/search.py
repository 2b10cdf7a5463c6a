"""Payments in Wagtail's search."""

from django.http import HttpRequest
from wagtail.admin.search import SearchArea

from ..permissions import payment_policy


class PaymentsSearchArea(SearchArea):
    """Shown to those who see some payments."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this user does."""
        return payment_policy.user_has_permission(request.user, "view")
