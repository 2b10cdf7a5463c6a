"""API tokens: created with permission, stored as a digest, and valid only as long as intended."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.support.factories import make_user
from tests.support.tokens import make_staff, make_token
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import ApiToken
from wagtail_payments.selectors.api_tokens import api_token_by_text
from wagtail_payments.services.api_tokens import api_token_revoke, api_token_used

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def owner():
    return make_staff("kim", "add_apitoken")


def test_only_a_digest_of_the_token_is_stored(owner):
    created = make_token(owner, "receipts:read", "payments:read", "payments:read")
    token = ApiToken.objects.get()
    marker, prefix, secret = created.text.split("_", 2)
    assert (marker, prefix) == ("wpt", token.prefix)
    assert len(secret) == 43
    assert token.digest == sha256(created.text.encode()).hexdigest()
    assert token.scopes == ["payments:read", "receipts:read"]
    assert secret not in repr(created) + str(token) + str(vars(token))
    days = (token.expires_at - timezone.now()) / timedelta(days=1)
    assert 89.9 < days <= 90


def test_tokens_are_unique(owner):
    texts = {make_token(owner, "payments:read").text for _ in range(20)}
    assert len(texts) == 20


@pytest.mark.parametrize(
    ("scopes", "days"),
    [
        ((), 90),
        (("payments:write",), 90),
        (("payments:read", "everything"), 90),
        (("payments:read",), 367),
        (("payments:read",), -1),
    ],
)
def test_invalid_scopes_and_expiry_are_refused(owner, scopes, days):
    with pytest.raises(StaffRefused):
        make_token(owner, *scopes, expires_at=timezone.now() + timedelta(days=days))
    assert not ApiToken.objects.exists()


def test_creating_requires_permission(owner):
    inactive = make_staff("ina", "add_apitoken")
    inactive.is_active = False
    for user in (make_staff("eve"), make_user("visitor"), inactive):
        with pytest.raises(StaffRefused):
            make_token(user, "payments:read")
    assert not ApiToken.objects.exists()


def test_token_is_found_only_by_its_exact_text(owner):
    created = make_token(owner, "payments:read")
    other = make_token(owner, "payments:read")
    assert api_token_by_text(created.text) == created.token
    mixed = other.text[: other.text.rindex(other.token.prefix) + 12] + created.text[16:]
    last = "A" if created.text[-1] != "A" else "B"
    for text in (
        "",
        "wpt",
        mixed,
        created.text[:-1],
        created.text[:-1] + last,
        created.text + "A",
        created.text + "\n",
        created.text.replace("wpt_", "WPT_"),
        created.text.replace(created.token.prefix, created.token.prefix.upper() + "_"),
        created.token.digest,
        f"wpt_{created.token.prefix}_",
        "wpt_\x00",
        "é" * 60,
    ):
        assert api_token_by_text(text) is None, text


def test_expired_or_revoked_token_is_not_found(owner):
    created = make_token(owner, "payments:read")
    now = timezone.now()
    for changes in ({"expires_at": now}, {"revoked_at": now}):
        ApiToken.objects.update(**changes)
        assert api_token_by_text(created.text) is None
        ApiToken.objects.update(expires_at=now + timedelta(days=1), revoked_at=None)
        assert api_token_by_text(created.text) == created.token


def test_token_stops_working_when_its_owner_loses_access(owner):
    created = make_token(owner, "payments:read")
    owner.is_active = False
    owner.save()
    assert api_token_by_text(created.text) is None
    owner.is_active = True
    owner.save()
    assert api_token_by_text(created.text) == created.token
    owner.user_permissions.clear()
    assert api_token_by_text(created.text) is None
    owner.delete()
    assert api_token_by_text(created.text) is None
    assert not ApiToken.objects.exists()


def test_revoking_requires_permission(owner):
    token = make_token(owner, "payments:read").token
    with pytest.raises(StaffRefused):
        api_token_revoke(token_id=token.pk, actor=make_staff("eve", "view_apitoken"))
    assert ApiToken.objects.get().revoked_at is None
    api_token_revoke(token_id=token.pk, actor=make_staff("mia", "revoke_apitoken"))
    assert ApiToken.objects.get().revoked_at is not None


def test_last_use_is_updated_once_per_hour(owner):
    token = make_token(owner, "payments:read").token
    api_token_used(token)
    first = ApiToken.objects.get()
    assert first.last_used_at is not None
    with CaptureQueriesContext(connection) as queries:
        api_token_used(first)
    assert len(queries) == 0
    # An instance that was read earlier does not update it again.
    api_token_used(token)
    assert ApiToken.objects.get().last_used_at == first.last_used_at
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(hours=2))
    api_token_used(ApiToken.objects.get())
    assert ApiToken.objects.get().last_used_at > first.last_used_at
