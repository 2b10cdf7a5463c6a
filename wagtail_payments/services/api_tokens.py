"""Creates and revokes API tokens, and records their use."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from wagtail_payments.enums import ApiScope
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import ApiToken
from wagtail_payments.permissions import may_make_api_tokens, may_revoke_api_token
from wagtail_payments.selectors.api_tokens import api_token_digest
from wagtail_payments.services.audit.log import audit

USUAL_DAYS, LONGEST_DAYS = 90, 366
CREATED = "wagtail_payments.api_token.create"
REVOKED = "wagtail_payments.api_token.revoke"

_USE_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CreatedApiToken:
    """A new token and its text, which cannot be shown again."""

    token: ApiToken
    text: str = field(repr=False)


@sensitive_variables("text")
def api_token_create(
    *, user: Any, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> CreatedApiToken:
    """Create a token for ``user``. It expires after 90 days by default.

    Raises StaffRefused if the user lacks the permission, if a scope is missing or unknown, or if the
    expiry is in the past or more than 366 days ahead.
    """
    now = timezone.now()
    ends, wanted = expires_at or now + timedelta(days=USUAL_DAYS), sorted(set(scopes))
    _check(user=user, scopes=wanted, left=ends - now)
    prefix = secrets.token_hex(6)
    text = f"wpt_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name,
            prefix=prefix,
            digest=api_token_digest(text),
            scopes=wanted,
            expires_at=ends,
        )
        fields = {"prefix": prefix, "scopes": wanted, "expires_at": ends.isoformat()}
        audit(token, CREATED, actor=user, **fields)
    return CreatedApiToken(token, text)


def api_token_revoke(*, token_id: int, actor: Any) -> ApiToken:
    """Revoke a token; a revoked one stays as it is. Raises StaffRefused without permission."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().get(pk=token_id)
        if not may_revoke_api_token(actor, token):
            raise StaffRefused(_("You do not have permission to revoke this token."))
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            audit(token, REVOKED, actor=actor, prefix=token.prefix)
    return token


def api_token_used(token: ApiToken) -> None:
    """Record that ``token`` was used, at most once per hour."""
    now = timezone.now()
    due = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - _USE_NOTED_EVERY:
        ApiToken.objects.filter(due, pk=token.pk).update(last_used_at=now)


def _check(*, user: Any, scopes: list[str], left: timedelta) -> None:
    if not may_make_api_tokens(user):
        raise StaffRefused(_("You do not have permission to create API tokens."))
    if not scopes or not set(scopes) <= set(ApiScope.values):
        raise StaffRefused(_("Choose what the token allows."), field="scopes")
    if not timedelta(0) < left <= timedelta(days=LONGEST_DAYS):
        raise StaffRefused(_("A token can be valid for one year at most."), field="days")
