"""API tokens."""

import re
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from wagtail_payments.models import ApiToken
from wagtail_payments.permissions import may_see_api_tokens

_FORM = re.compile(r"wpt_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


@sensitive_variables("text")
def api_token_digest(text: str) -> str:
    """Return the digest of a token's text, which is what is stored."""
    return sha256(text.encode()).hexdigest()


@sensitive_variables("text", "form")
def api_token_by_text(text: str) -> ApiToken | None:
    """Return the token with this text, None if it cannot be used.

    That is so if it is unknown, revoked or expired, or if its owner is inactive or has no access to
    Wagtail's admin. The caller does not learn which.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=form[1]).first()
    if token is None or not constant_time_compare(token.digest, api_token_digest(text)):
        return None
    return token if not token.is_over and _may_be_used_by(token.user) else None


def visible_api_tokens(user: Any) -> QuerySet[ApiToken]:
    """Return the tokens that ``user`` may see: their own, or all."""
    tokens = ApiToken.objects.select_related("user")
    return tokens if may_see_api_tokens(user) else tokens.filter(user=user)


def _may_be_used_by(owner: Any) -> bool:
    return bool(owner.is_active and owner.has_perm("wagtailadmin.access_admin"))
