"""Authentication: a browser's session, or an API token."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from wagtail_payments.enums import ApiScope
from wagtail_payments.exceptions import ApiRefused, CheckoutRefused
from wagtail_payments.http.rate_limits import count_wrong_token
from wagtail_payments.models import ApiToken
from wagtail_payments.selectors.api_tokens import api_token_by_text
from wagtail_payments.services.api_tokens import api_token_used

from .origins import without_credentials


class SessionAuth(AuthBase):
    """The signed-in user, by the site's session cookie."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        """Return the user. Raises ApiRefused for visitors."""
        if not request.user.is_authenticated:
            raise ApiRefused("sign_in_required", _("Sign in first."))
        return request.user


class TokenAuth(HttpBearer):
    """An API token with at least one of the scopes. It never allows more than its owner may do."""

    openapi_bearerFormat = "wpt_<prefix>_<secret>"

    def __init__(self, scope: ApiScope) -> None:
        super().__init__()
        self.scope = scope

    @sensitive_variables()
    def __call__(self, request: HttpRequest) -> ApiToken:
        """Return the token. Raises ApiRefused, the same for expired and unknown ones."""
        scheme, _space, text = request.headers.get(self.header, "").partition(" ")
        if scheme.lower() != self.openapi_scheme or not text.strip():
            raise ApiRefused("token_missing", _("Send an API token."))
        return self.authenticate(request, text.strip())

    @sensitive_variables()
    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """Return the token with this text."""
        found = api_token_by_text(token)
        if found is None:
            count_wrong_token(request)
            raise ApiRefused("token_invalid", _("This API token is not valid."))
        request.auth = found  # type: ignore[attr-defined]
        require_scope(found, self.scope)
        api_token_used(found)
        return found


def require_scope(token: ApiToken, scope: ApiScope) -> None:
    """Raise ApiRefused if ``token`` lacks ``scope``."""
    if scope not in token.scopes:
        message = _("This API token lacks the scope %(scope)s.") % {"scope": scope.value}
        raise ApiRefused("scope_missing", message)


def require_csrf(request: HttpRequest) -> None:
    """Check the CSRF token, which Ninja exempts its views from.

    A front end on another origin that sends no cookie has nothing to forge.
    """
    if not without_credentials(request) and check_csrf(request) is not None:
        raise CheckoutRefused(
            "csrf_failed", _("Your session has expired. Reload the page and try again.")
        )
