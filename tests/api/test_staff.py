"""The API for staff: tokens and scopes, limited to the current permissions of the token's owner."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.admin.payments.test_payments import paid
from tests.support.api import API, refused
from tests.support.factories import make_product, make_site, start
from tests.support.tokens import bearer, make_staff, make_token
from wagtail_payments.enums import ApiScope
from wagtail_payments.models import ApiToken, Payment, PaymentsLogEntry
from wagtail_payments.permissions import (
    EXPORT,
    PAYERS,
    PAYMENTS,
    VIEW,
    product_grant,
    product_revoke,
)

pytestmark = [pytest.mark.db, pytest.mark.django_db]

STAFF = f"{API}staff/"
NAMES = ("payments/", "products/")


@pytest.fixture(autouse=True)
def site():
    make_site()


@pytest.fixture
def owner():
    return make_staff(
        "kim", "add_apitoken", "view_payment", "view_payer", "export_payment", "view_product"
    )


class TokenClient:
    def __init__(self, client, owner, *scopes):
        self.client, self.headers = client, bearer(make_token(owner, *(scopes or ApiScope.values)))

    def get(self, url="payments/", **query):
        return self.client.get(STAFF + url, query, headers=self.headers)

    def payments(self, **query):
        response = self.get(**query)
        assert response.status_code == 200, response.content
        return response.json()

    def ids(self, **query):
        return [item["id"] for item in self.payments(**query)["items"]]


def urls(payment):
    return [*NAMES, f"payments/{payment.public_id}/", f"payments/{payment.public_id}/receipt/"]


def test_requests_without_a_token_are_refused(client, owner):
    client.force_login(owner)
    for url in urls(paid()):
        for header in (None, "", "Bearer", "Bearer ", "Basic a2ltOnNlY3JldA==", "Token x"):
            headers = {} if header is None else {"Authorization": header}
            response = client.get(STAFF + url, headers=headers)
            refused(response, 401, "token_missing")
            assert response.headers["WWW-Authenticate"] == "Bearer"


def test_expired_revoked_and_unknown_tokens_get_the_same_response(client, owner):
    api, past = TokenClient(client, owner), timezone.now() - timedelta(seconds=1)
    responses = []
    for changes in ({"expires_at": past}, {"expires_at": timezone.now() + timedelta(1)}):
        ApiToken.objects.update(**changes)
        responses.append(api.get())
    ApiToken.objects.update(revoked_at=past)
    responses.append(api.get())
    api.headers = {"Authorization": "Bearer wpt_000000000000_" + "A" * 43}
    responses.append(api.get())
    assert [response.status_code for response in responses] == [401, 200, 401, 401]
    expired, _, revoked, unknown = responses
    assert expired.json() == revoked.json() == unknown.json()
    refused(expired, 401, "token_invalid")


def test_each_url_requires_its_scopes(client, owner):
    payment = paid()
    needed = dict(
        zip(
            urls(payment),
            (
                {"payments:read"},
                {"products:read"},
                {"payments:read"},
                {"receipts:read", "payers:read"},
            ),
            strict=True,
        )
    )
    for url, scopes in needed.items():
        assert TokenClient(client, owner, *scopes).get(url).status_code == 200
        for scope in scopes:
            other_scopes = set(ApiScope.values) - {scope}
            refused(TokenClient(client, owner, *other_scopes).get(url), 403, "scope_missing")


def test_the_data_of_a_payment(client, owner):
    payment = paid(email="ada@example.org", name="Ada")
    (item,) = TokenClient(client, owner).payments()["items"]
    assert item["id"] == str(payment.public_id)
    assert (item["amount"], item["currency"], item["mode"]) == (1250, "EUR", "test")
    assert (item["status"], item["receipt_number"]) == ("succeeded", payment.receipt.code)
    assert item["payer"] == {"name": "Ada", "email": "ada@example.org", "hidden": False}
    assert TokenClient(client, owner).get(f"payments/{payment.public_id}/").json() == item


def test_payer_data_requires_scope_and_permission(client, owner):
    payment = paid(email="ada@example.org", name="Ada")
    masked = {"name": "", "email": "", "hidden": True}
    without_scope = TokenClient(client, owner, "payments:read", "receipts:read")
    without_right = TokenClient(
        client, make_staff("lou", "add_apitoken", "view_payment", "export_payment")
    )
    for api in (without_scope, without_right):
        assert api.payments()["items"][0]["payer"] == masked
        assert api.get(f"payments/{payment.public_id}/").json()["payer"] == masked
        assert "ada@example.org" not in api.get().content.decode()
    receipt = f"payments/{payment.public_id}/receipt/"
    refused(without_scope.get(receipt), 403, "scope_missing")
    refused(without_right.get(receipt), 403, "payer_hidden")


def test_the_receipt_is_downloaded(client, owner):
    payment, unpaid = paid(), start(make_product()).payment
    api = TokenClient(client, owner)
    response = api.get(f"payments/{payment.public_id}/receipt/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    refused(api.get(f"payments/{unpaid.public_id}/receipt/"), 404, "not_found")


def test_only_visible_payments_are_listed_and_counted(client):
    mine, other = paid(), paid("Workshop")
    owner = make_staff("kim", "add_apitoken")
    api = TokenClient(client, owner)
    assert api.payments()["count"] == 0
    product_grant(right=PAYMENTS, holder=owner, product=mine.product)
    product_grant(right=EXPORT, holder=owner, product=mine.product)
    data = api.payments()
    assert (data["count"], [item["id"] for item in data["items"]]) == (1, [str(mine.public_id)])
    assert api.ids(product=str(other.product_key)) == []
    assert api.get(f"payments/{mine.public_id}/").status_code == 200
    hidden = api.get(f"payments/{other.public_id}/")
    refused(hidden, 404, "not_found")
    assert hidden.json() == api.get(f"payments/{uuid4()}/").json()
    refused(api.get(f"payments/{other.public_id}/receipt/"), 404, "not_found")


def test_revoked_permissions_apply_to_the_token(client):
    payment, owner = paid(), make_staff("kim", "add_apitoken")
    product_grant(right=PAYMENTS, holder=owner, product=payment.product)
    product_grant(right=EXPORT, holder=owner, product=payment.product)
    product_grant(right=PAYERS, holder=owner, product=payment.product)
    api = TokenClient(client, owner)
    assert api.payments()["items"][0]["payer"]["hidden"] is False
    product_revoke(right=PAYERS, holder=owner, product=payment.product)
    assert api.payments()["items"][0]["payer"]["hidden"] is True
    product_revoke(right=PAYMENTS, holder=owner, product=payment.product)
    assert api.payments()["count"] == 0
    owner.user_permissions.clear()
    refused(api.get(), 401, "token_invalid")


def test_filters(client, owner):
    old, new = paid(), start(make_product(name="Workshop")).payment
    Payment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    api = TokenClient(client, owner)
    first, second, day = str(old.public_id), str(new.public_id), timezone.now() - timedelta(days=1)
    assert api.ids() == [second, first]
    assert api.ids(status="succeeded") == [first]
    assert api.ids(status=["succeeded", "pending"]) == [second, first]
    assert api.ids(product=str(new.product_key)) == [second]
    assert api.ids(created_from=day.isoformat()) == [second]
    assert api.ids(created_to=day.isoformat()) == [first]
    assert api.ids(mode="live") == []
    assert api.ids(mode="test", status="failed") == []
    assert api.ids(limit=1, page=2) == [first]
    assert api.payments(limit=1)["count"] == 2


@pytest.mark.parametrize(
    "query",
    [
        {"status": "x"},
        {"product": "x"},
        {"mode": "x"},
        {"created_from": "yesterday"},
        {"limit": "101"},
        {"page": "0"},
        {"page": str(10**30)},
    ],
)
def test_invalid_filters_are_refused(client, owner, query):
    refused(TokenClient(client, owner).get(**query), 422, "invalid")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"status": ["succeeded", "x"]}, "Input should be 'created', 'pending'"),
        ({"created_to": "2026-11-01"}, "no date and time"),
        ({"limit": "101"}, "less than or equal to 100"),
    ],
)
def test_an_error_names_the_parameter_and_the_problem(client, owner, query, message):
    (error,) = refused(TokenClient(client, owner).get(**query), 422, "invalid")["errors"]
    assert [error["field"]] == list(query)
    assert message in error["message"]


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        ("0001-01-01T00:00:00+14:00", 1),
        ("1500-01-01T00:00:00Z", 1),
        ("9999-12-31T23:59:59.999999-14:00", 0),
        ("0001-01-01T00:00:00+23:59", 1),
        ("9999-12-31T23:59:59.999999-23:59", 0),
        ("2020-11-01T00:00:00+23:59", 1),
        ("2020-11-01T00:00:00-23:59", 1),
    ],
)
def test_extreme_dates_are_accepted(client, owner, moment, count):
    paid()
    api = TokenClient(client, owner)
    assert api.payments(created_from=moment)["count"] == count
    assert api.payments(created_to=moment)["count"] == 1 - count


@pytest.mark.parametrize("moment", ["2026-11-01", "2026-11-01T00:00:00", "1", "-1e400", "1e20"])
def test_dates_without_a_time_zone_are_refused(client, owner, moment):
    refused(TokenClient(client, owner).get(created_from=moment), 422, "invalid")


def test_the_number_of_queries_is_constant(client):
    owner = make_staff("kim", "add_apitoken")
    api = TokenClient(client, owner)

    def add_payment():
        payment = paid()
        product_grant(right=PAYMENTS, holder=owner, product=payment.product)
        product_grant(right=EXPORT, holder=owner, product=payment.product)
        product_grant(right=PAYERS, holder=owner, product=payment.product)
        product_grant(right=VIEW, holder=owner, product=payment.product)

    add_payment()
    for url in NAMES:
        api.get(url)
        with CaptureQueriesContext(connection) as few:
            api.get(url)
        for _ in range(4):
            add_payment()
        with CaptureQueriesContext(connection) as many:
            assert len(api.get(url).json()["items"]) > 4
        assert len(few) == len(many)


def test_products(client):
    owner = make_staff("kim", "add_apitoken")
    product, _ = make_product(active=False), make_product(name="Workshop")
    api = TokenClient(client, owner)
    assert api.get("products/").json()["count"] == 0
    product_grant(right=VIEW, holder=owner, product=product)
    data = api.get("products/").json()
    assert data["count"] == 1
    assert (data["items"][0]["name"], data["items"][0]["active"]) == ("Star night", False)
    assert data["items"][0]["prices"][0]["amount"] == 1250


def test_tokens_are_read_only(client, owner):
    payment = paid()
    api = TokenClient(client, owner)
    before = list(Payment.objects.values())
    for url in urls(payment):
        for method in ("post", "put", "patch", "delete"):
            response = getattr(client, method)(STAFF + url, headers=api.headers)
            refused(response, 405, "method_not_allowed")
    assert list(Payment.objects.values()) == before


def test_a_token_does_not_sign_in(client, owner):
    api = TokenClient(client, owner)
    refused(client.get(f"{API}history/", headers=api.headers), 403, "sign_in_required")
    assert client.get("/admin/", headers=api.headers).status_code == 302


def test_viewing_a_payer_is_logged(client, owner, settings):
    payment, hidden = paid(), paid()
    api = TokenClient(client, owner)
    api.get(f"payments/{payment.public_id}/")
    api.get(f"payments/{payment.public_id}/receipt/")
    TokenClient(client, owner, "payments:read").get(f"payments/{hidden.public_id}/")
    entries = PaymentsLogEntry.objects.filter(action="wagtail_payments.payment.view_payer")
    assert [(entry.payment, entry.user) for entry in entries] == [(payment, owner)] * 2
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "LOG_PERSONAL_DATA_VIEWS": False}
    api.get(f"payments/{payment.public_id}/")
    assert entries.count() == 2


def test_the_list_requires_permission_to_export(client):
    payment = paid()
    auditor = TokenClient(client, make_staff("ada", "add_apitoken", "view_payment"))
    assert auditor.payments()["count"] == 0
    assert auditor.ids() == []
    assert auditor.get(f"payments/{payment.public_id}/").status_code == 200
