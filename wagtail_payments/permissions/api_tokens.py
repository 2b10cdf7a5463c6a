"""Who may make, see and revoke API tokens. A token itself never can more than its owner."""

from typing import Any

from wagtail_payments.models import ApiToken

from .rights import APP

ADD_TOKENS, VIEW_TOKENS = f"{APP}.add_apitoken", f"{APP}.view_apitoken"
REVOKE_TOKENS = f"{APP}.revoke_apitoken"


def may_make_api_tokens(user: Any) -> bool:
    """Tell whether ``user`` may make tokens for themselves."""
    return bool(user.is_active and user.has_perm(ADD_TOKENS))


def may_see_api_tokens(user: Any) -> bool:
    """Tell whether ``user`` may see everybody's tokens, though never their secrets."""
    return bool(user.is_active and user.has_perm(VIEW_TOKENS))


def may_revoke_api_token(user: Any, token: ApiToken) -> bool:
    """Tell whether ``user`` may end ``token``: everybody may end the own ones."""
    return bool(user.is_active and (token.user_id == user.pk or user.has_perm(REVOKE_TOKENS)))
