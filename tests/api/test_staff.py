"""What staff's software reads: with a token, a scope, and never more than its owner may at that moment."""

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
def keeper():
    return make_staff(
        "kim", "add_apitoken", "view_payment", "view_payer", "export_payment", "view_product"
    )


class Software:
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


def addresses(payment):
    return [*NAMES, f"payments/{payment.public_id}/", f"payments/{payment.public_id}/receipt/"]


def test_without_a_token(client, keeper):
    client.force_login(keeper)
    for url in addresses(paid()):
        for header in (None, "", "Bearer", "Bearer ", "Basic a2ltOnNlY3JldA==", "Token x"):
            headers = {} if header is None else {"Authorization": header}
            response = client.get(STAFF + url, headers=headers)
            refused(response, 401, "token_missing")
            assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_is_over_is_told_the_same_as_one_that_never_was(client, keeper):
    software, past = Software(client, keeper), timezone.now() - timedelta(seconds=1)
    answers = []
    for changes in ({"expires_at": past}, {"expires_at": timezone.now() + timedelta(1)}):
        ApiToken.objects.update(**changes)
        answers.append(software.get())
    ApiToken.objects.update(revoked_at=past)
    answers.append(software.get())
    software.headers = {"Authorization": "Bearer wpt_000000000000_" + "A" * 43}
    answers.append(software.get())
    assert [response.status_code for response in answers] == [401, 200, 401, 401]
    ended, _, revoked, unknown = answers
    assert ended.json() == revoked.json() == unknown.json()
    refused(ended, 401, "token_invalid")


def test_each_address_needs_its_scope(client, keeper):
    payment = paid()
    needed = dict(
        zip(
            addresses(payment),
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
        assert Software(client, keeper, *scopes).get(url).status_code == 200
        for scope in scopes:
            less = set(ApiScope.values) - {scope}
            refused(Software(client, keeper, *less).get(url), 403, "scope_missing")


def test_a_payment_as_accounts_need_it(client, keeper):
    payment = paid(email="ada@example.org", name="Ada")
    (item,) = Software(client, keeper).payments()["items"]
    assert item["id"] == str(payment.public_id)
    assert (item["amount"], item["currency"], item["mode"]) == (1250, "EUR", "test")
    assert (item["status"], item["receipt_number"]) == ("succeeded", payment.receipt.code)
    assert item["payer"] == {"name": "Ada", "email": "ada@example.org", "hidden": False}
    assert Software(client, keeper).get(f"payments/{payment.public_id}/").json() == item


def test_who_paid_needs_the_scope_and_the_right(client, keeper):
    payment = paid(email="ada@example.org", name="Ada")
    masked = {"name": "", "email": "", "hidden": True}
    without_scope = Software(client, keeper, "payments:read", "receipts:read")
    without_right = Software(
        client, make_staff("lou", "add_apitoken", "view_payment", "export_payment")
    )
    for software in (without_scope, without_right):
        assert software.payments()["items"][0]["payer"] == masked
        assert software.get(f"payments/{payment.public_id}/").json()["payer"] == masked
        assert "ada@example.org" not in software.get().content.decode()
    receipt = f"payments/{payment.public_id}/receipt/"
    refused(without_scope.get(receipt), 403, "scope_missing")
    refused(without_right.get(receipt), 403, "payer_hidden")


def test_the_receipt(client, keeper):
    payment, unpaid = paid(), start(make_product()).payment
    software = Software(client, keeper)
    response = software.get(f"payments/{payment.public_id}/receipt/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    refused(software.get(f"payments/{unpaid.public_id}/receipt/"), 404, "not_found")


def test_only_what_the_owner_may_see_is_there_found_or_counted(client):
    mine, other = paid(), paid("Workshop")
    owner = make_staff("kim", "add_apitoken")
    software = Software(client, owner)
    assert software.payments()["count"] == 0
    product_grant(right=PAYMENTS, holder=owner, product=mine.product)
    product_grant(right=EXPORT, holder=owner, product=mine.product)
    data = software.payments()
    assert (data["count"], [item["id"] for item in data["items"]]) == (1, [str(mine.public_id)])
    assert software.ids(product=str(other.product_key)) == []
    assert software.get(f"payments/{mine.public_id}/").status_code == 200
    unseen = software.get(f"payments/{other.public_id}/")
    refused(unseen, 404, "not_found")
    assert unseen.json() == software.get(f"payments/{uuid4()}/").json()
    refused(software.get(f"payments/{other.public_id}/receipt/"), 404, "not_found")


def test_what_the_owner_loses_the_token_loses(client):
    payment, owner = paid(), make_staff("kim", "add_apitoken")
    product_grant(right=PAYMENTS, holder=owner, product=payment.product)
    product_grant(right=EXPORT, holder=owner, product=payment.product)
    product_grant(right=PAYERS, holder=owner, product=payment.product)
    software = Software(client, owner)
    assert software.payments()["items"][0]["payer"]["hidden"] is False
    product_revoke(right=PAYERS, holder=owner, product=payment.product)
    assert software.payments()["items"][0]["payer"]["hidden"] is True
    product_revoke(right=PAYMENTS, holder=owner, product=payment.product)
    assert software.payments()["count"] == 0
    owner.user_permissions.clear()
    refused(software.get(), 401, "token_invalid")


def test_filters(client, keeper):
    old, new = paid(), start(make_product(name="Workshop")).payment
    Payment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    software = Software(client, keeper)
    first, second, day = str(old.public_id), str(new.public_id), timezone.now() - timedelta(days=1)
    assert software.ids() == [second, first]
    assert software.ids(status="succeeded") == [first]
    assert software.ids(status=["succeeded", "pending"]) == [second, first]
    assert software.ids(product=str(new.product_key)) == [second]
    assert software.ids(created_from=day.isoformat()) == [second]
    assert software.ids(created_to=day.isoformat()) == [first]
    assert software.ids(mode="live") == []
    assert software.ids(mode="test", status="failed") == []
    assert software.ids(limit=1, page=2) == [first]
    assert software.payments(limit=1)["count"] == 2


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
def test_filters_that_there_are_not(client, keeper, query):
    refused(Software(client, keeper).get(**query), 422, "invalid")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"status": ["succeeded", "x"]}, "Input should be 'created', 'pending'"),
        ({"created_to": "2026-11-01"}, "no date and time"),
        ({"limit": "101"}, "less than or equal to 100"),
    ],
)
def test_an_error_names_the_parameter_and_says_what_is_wrong(client, keeper, query, words):
    (error,) = refused(Software(client, keeper).get(**query), 422, "invalid")["errors"]
    assert [error["field"]] == list(query)
    assert words in error["message"]


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
def test_moments_of_all_kinds(client, keeper, moment, count):
    paid()
    software = Software(client, keeper)
    assert software.payments(created_from=moment)["count"] == count
    assert software.payments(created_to=moment)["count"] == 1 - count


@pytest.mark.parametrize("moment", ["2026-11-01", "2026-11-01T00:00:00", "1", "-1e400", "1e20"])
def test_a_moment_without_its_time_zone_could_be_two(client, keeper, moment):
    refused(Software(client, keeper).get(created_from=moment), 422, "invalid")


def test_a_fixed_number_of_queries(client):
    owner = make_staff("kim", "add_apitoken")
    software = Software(client, owner)

    def more():
        payment = paid()
        product_grant(right=PAYMENTS, holder=owner, product=payment.product)
        product_grant(right=EXPORT, holder=owner, product=payment.product)
        product_grant(right=PAYERS, holder=owner, product=payment.product)
        product_grant(right=VIEW, holder=owner, product=payment.product)

    more()
    for url in NAMES:
        software.get(url)
        with CaptureQueriesContext(connection) as few:
            software.get(url)
        for _ in range(4):
            more()
        with CaptureQueriesContext(connection) as many:
            assert len(software.get(url).json()["items"]) > 4
        assert len(few) == len(many)


def test_products(client):
    owner = make_staff("kim", "add_apitoken")
    product, _ = make_product(active=False), make_product(name="Workshop")
    software = Software(client, owner)
    assert software.get("products/").json()["count"] == 0
    product_grant(right=VIEW, holder=owner, product=product)
    data = software.get("products/").json()
    assert data["count"] == 1
    assert (data["items"][0]["name"], data["items"][0]["active"]) == ("Star night", False)
    assert data["items"][0]["prices"][0]["amount"] == 1250


def test_nothing_is_written_by_a_token(client, keeper):
    payment = paid()
    software = Software(client, keeper)
    before = list(Payment.objects.values())
    for url in addresses(payment):
        for method in ("post", "put", "patch", "delete"):
            response = getattr(client, method)(STAFF + url, headers=software.headers)
            refused(response, 405, "method_not_allowed")
    assert list(Payment.objects.values()) == before


def test_a_token_is_no_session(client, keeper):
    software = Software(client, keeper)
    refused(client.get(f"{API}history/", headers=software.headers), 403, "sign_in_required")
    assert client.get("/admin/", headers=software.headers).status_code == 302


def test_whose_data_were_seen_is_in_the_audit_log(client, keeper, settings):
    payment, unseen = paid(), paid()
    software = Software(client, keeper)
    software.get(f"payments/{payment.public_id}/")
    software.get(f"payments/{payment.public_id}/receipt/")
    Software(client, keeper, "payments:read").get(f"payments/{unseen.public_id}/")
    entries = PaymentsLogEntry.objects.filter(action="wagtail_payments.payment.view_payer")
    assert [(entry.payment, entry.user) for entry in entries] == [(payment, keeper)] * 2
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "LOG_PERSONAL_DATA_VIEWS": False}
    software.get(f"payments/{payment.public_id}/")
    assert entries.count() == 2


def test_whoever_may_not_export_gets_no_list(client):
    payment = paid()
    auditor = Software(client, make_staff("ada", "add_apitoken", "view_payment"))
    assert auditor.payments()["count"] == 0
    assert auditor.ids() == []
    assert auditor.get(f"payments/{payment.public_id}/").status_code == 200
