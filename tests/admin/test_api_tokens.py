"""API tokens in the admin: created, shown once, listed without secrets, revoked."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core import serializers
from django.urls import reverse
from django.utils import timezone

from tests.support.tokens import make_staff, make_token
from wagtail_payments.models import ApiToken, PaymentsLogEntry

pytestmark = pytest.mark.django_db

FORM = {"name": "Accounts", "scopes": ["payments:read", "receipts:read"], "days": "30"}
TEXT = re.compile(r"wpt_[0-9a-f]{12}_[\w-]{43}")


def url(name, *args):
    return reverse(f"wagtail_payments_apitoken:{name}", args=args)


@pytest.fixture
def creator(client):
    client.user = make_staff("kim", "add_apitoken")
    client.force_login(client.user)
    return client


def make(user, **fields):
    return make_token(user, "payments:read", **fields)


def test_a_new_token_is_shown_once_and_not_stored(creator):
    response = creator.post(url("add"), FORM)
    html = response.content.decode()
    (text,) = TEXT.findall(html)
    assert "no-store" in response.headers["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.scopes) == (creator.user, "Accounts", FORM["scopes"])
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    secret = text.rpartition(f"{token.prefix}_")[2]
    listed = creator.get(url("index")).content.decode()
    assert token.display_prefix in listed
    assert "Accounts" in listed
    rows = [*ApiToken.objects.all(), *PaymentsLogEntry.objects.all(), *Session.objects.all()]
    stored = serializers.serialize("json", rows) + str(dict(creator.session))
    assert secret not in listed + stored


def test_the_audit_log_records_creation_and_revocation(creator):
    creator.post(url("add"), FORM)
    token = ApiToken.objects.get()
    creator.post(url("revoke", token.pk))
    entries = PaymentsLogEntry.objects.filter(object_id=str(token.pk)).order_by("timestamp")
    assert [(entry.action, entry.user) for entry in entries] == [
        ("wagtail_payments.api_token.create", creator.user),
        ("wagtail_payments.api_token.revoke", creator.user),
    ]
    assert [entry.message for entry in entries] == ["API token created", "API token revoked"]
    assert entries[0].data["scopes"] == FORM["scopes"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["payments:write"]},
        {"days": "0"},
        {"days": "367"},
        {"days": ""},
    ],
)
def test_an_invalid_form_creates_no_token(creator, changes):
    response = creator.post(url("add"), {**FORM, **changes})
    assert response.status_code == 200
    assert not TEXT.search(response.content.decode())
    assert not ApiToken.objects.exists()


def test_revoking_requires_confirmation(creator):
    token = make(creator.user).token
    assert "can&#x27;t be undone" in creator.get(url("revoke", token.pk)).content.decode()
    assert ApiToken.objects.get().revoked_at is None
    assert creator.post(url("revoke", token.pk)).headers["Location"] == url("index")
    first = ApiToken.objects.get().revoked_at
    assert first is not None
    creator.post(url("revoke", token.pk))
    assert ApiToken.objects.get().revoked_at == first
    assert "Revoked" in creator.get(url("index")).content.decode()


def test_users_see_only_their_own_tokens(creator):
    other = make(make_staff("lou", "add_apitoken"), name="Somebody else's books").token
    assert "Somebody else" not in creator.get(url("index")).content.decode()
    assert creator.get(url("revoke", other.pk)).status_code == 404
    assert creator.post(url("revoke", other.pk)).status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_seeing_all_tokens_does_not_include_revoking_them(client):
    token = make(make_staff("lou", "add_apitoken")).token
    client.force_login(make_staff("ada", "view_apitoken"))
    assert "Books" in client.get(url("index")).content.decode()
    assert client.post(url("revoke", token.pk)).status_code == 302
    assert ApiToken.objects.get().revoked_at is None
    assert client.post(url("add"), FORM).status_code == 302
    client.force_login(make_staff("mia", "view_apitoken", "revoke_apitoken"))
    client.post(url("revoke", token.pk))
    assert ApiToken.objects.get().revoked_at is not None
    assert ApiToken.objects.count() == 1


def test_superusers_see_and_revoke_all(client):
    token = make(make_staff("lou", "add_apitoken")).token
    client.force_login(get_user_model().objects.create_superuser("root", password="secret"))
    assert "Books" in client.get(url("index")).content.decode()
    client.post(url("revoke", token.pk))
    assert ApiToken.objects.get().revoked_at is not None


@pytest.mark.parametrize("name", ["index", "index_results", "add"])
def test_tokens_require_permission(client, name):
    client.force_login(make_staff("eve", "view_payment"))
    assert client.get(url(name)).status_code == 302
    assert client.post(url(name), FORM).status_code in (302, 405)
    assert not ApiToken.objects.exists()


def test_the_number_of_queries_of_the_list_is_constant(creator, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make(creator.user)
    creator.get(url("index"))
    with CaptureQueriesContext(connection) as few:
        creator.get(url("index"))
    for _ in range(5):
        make(creator.user)
    with django_assert_num_queries(len(few)):
        creator.get(url("index"))


def test_the_group_editor_offers_the_permissions(client):
    client.force_login(get_user_model().objects.create_superuser("root", password="secret"))
    html = client.get(reverse("wagtailusers_groups:add")).content.decode()
    for codename in ("add_apitoken", "view_apitoken", "revoke_apitoken"):
        right = Permission.objects.get(
            codename=codename, content_type__app_label="wagtail_payments"
        )
        assert f'value="{right.pk}"' in html, codename
