"""Create staff users and API tokens."""

from typing import Any

from django.contrib.auth.models import Permission

from tests.support.factories import make_user
from wagtail_payments.services.api_tokens import CreatedApiToken, api_token_create

APP_LABELS = ("wagtailadmin", "wagtail_payments")


def make_staff(username: str = "kim", *codenames: str) -> Any:
    """Create a user with access to the admin and further permissions."""
    user = make_user(username)
    # Other apps have permissions with the same codenames.
    for name in ("access_admin", *codenames):
        user.user_permissions.add(
            Permission.objects.get(codename=name, content_type__app_label__in=APP_LABELS)
        )
    return user


def make_token(user: Any, *scopes: str, **changes: Any) -> CreatedApiToken:
    return api_token_create(**{"user": user, "name": "Books", "scopes": scopes, **changes})


def bearer(created: CreatedApiToken) -> dict[str, str]:
    return {"Authorization": f"Bearer {created.text}"}
