"""Permissions for API tokens. A token never allows more than its owner's permissions."""

from typing import Any

from wagtail_payments.models import ApiToken

from .rights import APP

ADD_TOKENS, VIEW_TOKENS = f"{APP}.add_apitoken", f"{APP}.view_apitoken"
REVOKE_TOKENS = f"{APP}.revoke_apitoken"


def may_make_api_tokens(user: Any) -> bool:
    """Return whether ``user`` can create tokens for themselves."""
    return bool(user.is_active and user.has_perm(ADD_TOKENS))


def may_see_api_tokens(user: Any) -> bool:
    """Return whether ``user`` can see the tokens of all users. Their text is never shown."""
    return bool(user.is_active and user.has_perm(VIEW_TOKENS))


def may_revoke_api_token(user: Any, token: ApiToken) -> bool:
    """Return whether ``user`` can revoke ``token``. All users can revoke their own."""
    return bool(user.is_active and (token.user_id == user.pk or user.has_perm(REVOKE_TOKENS)))
