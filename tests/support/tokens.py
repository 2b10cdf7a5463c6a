"""Staff and their API tokens."""

from typing import Any

from django.contrib.auth.models import Permission

from tests.support.factories import make_user
from wagtail_payments.services.api_tokens import CreatedApiToken, api_token_create

OURS = ("wagtailadmin", "wagtail_payments")


def make_staff(username: str = "kim", *codenames: str) -> Any:
    """Return somebody with access to the admin. Wagtail has permissions of the same names."""
    user = make_user(username)
    for name in ("access_admin", *codenames):
        user.user_permissions.add(
            Permission.objects.get(codename=name, content_type__app_label__in=OURS)
        )
    return user


def make_token(user: Any, *scopes: str, **facts: Any) -> CreatedApiToken:
    return api_token_create(**{"user": user, "name": "Books", "scopes": scopes, **facts})


def bearer(created: CreatedApiToken) -> dict[str, str]:
    return {"Authorization": f"Bearer {created.text}"}
