"""The Payments menu: staff see only what they have permission for, by URL, search or filter."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import Locale, ReferenceIndex, Site

from tests.support.company import pay
from tests.support.factories import make_payer, make_product, make_site, make_user, start
from wagtail_payments.enums import EventSource
from wagtail_payments.models import Payment, Product
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import PAYERS, PAYMENTS, product_grant, product_revoke
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.selectors.products.products import product_sale_problem
from wagtail_payments.services.payments.apply import payment_apply

INDEX = "wagtail_payments_payment:index"
INSPECT = "wagtail_payments_payment:inspect"
RECEIPT = "wagtail_payments_payment:receipt"
SETTINGS = ["wagtail_payments", "paymentsettings"]

pytestmark = pytest.mark.django_db


def paid(product="Star night", **payer):
    payment = start(make_product(name=product), payer=make_payer(**payer)).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def staff(username, *permissions):
    user = make_user(username)
    for codename in ("access_admin", *permissions):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    return user


@pytest.fixture
def payments():
    make_site()
    return paid(email="ada@example.org", name="Ada"), paid(
        "Workshop", email="bo@example.org", name="Bo"
    )


@pytest.fixture
def admin(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root", "r@example.org", "x"))
    return client


def listed(client, **query):
    response = client.get(reverse(INDEX), query)
    assert response.status_code == 200
    return {payment.payer_name for payment in response.context["object_list"]}


def test_an_admin_sees_all(admin, payments):
    assert listed(admin) == {"Ada", "Bo"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "ada@"}, {"Ada"}),
        ({"q": "bo"}, {"Bo"}),
        ({"q": "4242"}, {"Ada", "Bo"}),
        ({"q": "nobody"}, set()),
        ({"status": "succeeded"}, {"Ada", "Bo"}),
        ({"status": "failed"}, set()),
        ({"mode": "live"}, set()),
        ({"created_at_from": "2020-01-01", "created_at_to": "2020-12-31"}, set()),
    ],
)
def test_search_and_filters(admin, payments, query, names):
    assert listed(admin, **query) == names


def test_search_by_transaction_and_receipt(admin, payments):
    ada, bo = payments
    assert listed(admin, q=str(ada.public_id)) == {"Ada"}
    assert listed(admin, q=bo.receipt.code.lower()) == {"Bo"}


def test_filter_by_product_covers_its_translations(admin, payments):
    _, bo = payments
    german = bo.product.copy_for_translation(Locale.objects.create(language_code="de"))
    german.save()
    Payment.objects.filter(pk=bo.pk).update(product=german)
    assert listed(admin, product=str(bo.product_id)) == {"Bo"}


def test_a_payment_with_its_timeline(admin, payments):
    ada, _ = payments
    page = admin.get(reverse(INSPECT, args=[ada.pk])).content.decode()
    for text in (
        "€12.50",
        "Ada",
        "Test mode",
        "Payment started",
        "Status changed: Paid",
        f"Receipt issued: {ada.receipt.code}",
        reverse(RECEIPT, args=[ada.pk]),
        str(ada.public_id),
    ):
        assert text in page


def test_a_link_to_the_provider_where_it_has_a_dashboard(admin, payments, monkeypatch):
    url = reverse(INSPECT, args=[payments[0].pk])
    assert "See it at the provider" not in admin.get(url).content.decode()
    dashboard = "https://dashboard.example.org/"
    monkeypatch.setattr(SandboxProvider, "dashboard_url", lambda self, ref: dashboard + ref)
    assert dashboard + payments[0].payment_reference in admin.get(url).content.decode()


def test_the_receipt_is_downloaded(admin, payments):
    response = admin.get(reverse(RECEIPT, args=[payments[0].pk]))
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")


def test_payments_stay_out_of_the_reference_index(admin, payments):
    """Otherwise, editors would see how often a product was sold."""
    assert not ReferenceIndex.objects.filter(
        content_type__app_label="wagtail_payments", content_type__model="payment"
    ).exists()
    usage = admin.get(reverse("wagtail_payments_product:usage", args=[payments[0].product_id]))
    assert "Private" not in usage.content.decode()


def test_every_page_shows_test_mode(admin, payments):
    for url in (
        reverse("wagtailadmin_home"),
        reverse("wagtailsettings:edit", args=[*SETTINGS, Site.objects.get().pk]),
    ):
        assert "Payments TEST" in admin.get(url).content.decode()
    for url in (reverse(INDEX), reverse(INSPECT, args=[payments[0].pk])):
        assert "Test mode" in admin.get(url).content.decode()


def test_a_treasurer_sees_one_product_only(client, payments):
    ada, bo = payments
    treasurer = staff("treasurer")
    product_grant(right=PAYMENTS, holder=treasurer, product=bo.product)
    product_grant(right=PAYERS, holder=treasurer, product=bo.product)
    client.force_login(treasurer)
    assert listed(client) == {"Bo"}
    assert listed(client, q="bo@example") == {"Bo"}
    assert listed(client, q="ada@example") == set()
    assert "Star night" not in client.get(reverse(INDEX)).content.decode()
    assert client.get(reverse(INSPECT, args=[bo.pk])).status_code == 200
    assert client.get(reverse(RECEIPT, args=[bo.pk])).status_code == 200
    assert client.get(reverse(INSPECT, args=[ada.pk])).status_code == 404
    assert client.get(reverse(RECEIPT, args=[ada.pk])).status_code == 404


def test_a_groups_permission_can_be_granted_and_revoked(client, payments):
    _, bo = payments
    member = staff("member")
    group = Group.objects.create(name="Workshop")
    member.groups.add(group)
    product_grant(right=PAYMENTS, holder=group, product=bo.product)
    client.force_login(member)
    assert listed(client) == {"Bo"}
    product_revoke(right=PAYMENTS, holder=group, product=bo.product)
    assert client.get(reverse(INDEX)).status_code == 302


def test_a_permission_applies_to_all_translations(client, payments):
    _, bo = payments
    german = bo.product.copy_for_translation(Locale.objects.create(language_code="de"))
    german.save()
    treasurer = staff("treasurer")
    product_grant(right=PAYMENTS, holder=treasurer, product=german)
    client.force_login(treasurer)
    assert listed(client) == {"Bo"}


def test_the_model_level_permission_shows_all(client, payments):
    client.force_login(staff("accountant", "view_payment"))
    assert listed(client) == {"Ada", "Bo"}


def test_an_editor_without_permission_sees_nothing(client, payments):
    client.force_login(staff("editor", "change_product"))
    for url in (
        reverse(INDEX),
        reverse("wagtail_payments_payment:index_results"),
    ):
        assert client.get(url).status_code == 302
    for name in (INSPECT, RECEIPT):
        assert client.get(reverse(name, args=[payments[0].pk])).status_code == 404


def test_an_inactive_user_sees_nothing(payments):
    from wagtail_payments.permissions import visible_payments

    root = make_user("root", is_superuser=True, is_active=False)
    assert not visible_payments(root).exists()


def test_a_visitor_is_redirected_to_the_login(client, payments):
    for url in (reverse(INDEX), reverse(RECEIPT, args=[payments[0].pk])):
        response = client.get(url)
        assert response.status_code == 302
        assert "login" in response["Location"]


@pytest.mark.parametrize("scope", ["all", "one"])
def test_the_number_of_queries_of_the_list_is_constant(
    client, payments, scope, django_assert_max_num_queries
):
    user = staff("reader", *(["view_payment"] if scope == "all" else []))
    product_grant(right=PAYMENTS, holder=user, product=payments[1].product)
    client.force_login(user)
    client.get(reverse(INDEX))
    counts = []
    for more in (5, 45):
        for _ in range(more):
            payment = Payment.objects.get(pk=payments[1].pk)
            payment.pk, payment.attempt_key, payment.public_id = None, None, None
            copy_payment(payment)
        with django_assert_max_num_queries(40) as queries:
            client.get(reverse(INDEX))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def copy_payment(payment):
    from uuid import uuid4

    payment.public_id = uuid4()
    payment.attempt_key = str(uuid4())
    payment.checkout_reference = payment.payment_reference = None
    payment.save(force_insert=True)


def test_products_are_edited_in_major_units(admin):
    product = make_product()
    price = product.prices.get()
    url = reverse("wagtail_payments_product:edit", args=[product.pk])
    assert 'value="12.50"' in admin.get(url).content.decode()
    data = product_form(price, amount="13.75")
    assert admin.post(url, data).status_code == 302
    edited = Product.objects.get(pk=product.pk).prices.get()
    assert (edited.amount, edited.key) == (1375, price.key)


@pytest.mark.parametrize(
    ("currency", "stored", "shown", "typed", "edited"),
    [
        ("JPY", 1250, "1250", "900", 900),
        ("UGX", 50000, "50000", "45000", 45000),
        ("KWD", 1250, "1.250", "1.5", 1500),
    ],
)
def test_prices_in_currencies_without_cents(admin, currency, stored, shown, typed, edited):
    product = make_product(prices=[{"amount": stored, "currency": currency}])
    url = reverse("wagtail_payments_product:edit", args=[product.pk])
    assert f'value="{shown}"' in admin.get(url).content.decode()
    data = product_form(product.prices.get(), amount=typed, currency=currency)
    assert admin.post(url, data).status_code == 302
    assert Product.objects.get(pk=product.pk).prices.get().amount == edited
    products = admin.get(reverse("wagtail_payments_product:list")).content.decode()
    assert format_amount(edited, currency) in products


def test_payments_in_currencies_without_cents_are_listed(admin):
    make_site()
    payment = start(make_product(prices=[{"amount": 1250, "currency": "KWD"}])).payment
    for url in (reverse(INDEX), reverse(INSPECT, args=[payment.pk])):
        assert "KWD\xa01.250" in admin.get(url).content.decode()


@pytest.mark.parametrize("amount", ["13,75", "0", "", "1.005", "-1"])
def test_an_invalid_price_is_a_field_error(admin, amount):
    product = make_product()
    url = reverse("wagtail_payments_product:edit", args=[product.pk])
    response = admin.post(url, product_form(product.prices.get(), amount=amount))
    assert response.status_code == 200
    form = response.context["form"].formsets["prices"].forms[0]
    assert list(form.errors) == ["amount"]
    assert form["amount"].value() == amount
    assert Product.objects.get(pk=product.pk).prices.get().amount == 1250


@pytest.mark.parametrize("amount_type", ["fixed", "chosen"])
def test_a_draft_can_be_saved_without_an_amount(admin, amount_type):
    """It can't be published or sold without one."""
    product = make_product(live=False)
    url = reverse("wagtail_payments_product:edit", args=[product.pk])
    data = product_form(product.prices.get(), amount="", amount_type=amount_type)
    assert admin.post(url, data).status_code == 200
    assert Product.objects.get(pk=product.pk).live is False
    del data["action-publish"]
    assert admin.post(url, data).status_code == 302
    draft = Product.objects.get(pk=product.pk).get_latest_revision_as_object()
    assert draft.prices.get().amount is None
    draft.live = True
    assert "no active price" in product_sale_problem(draft)


def test_publishing_a_draft_keeps_the_key_of_a_price(admin):
    product = make_product()
    key = product.prices.get().key
    product.save_revision().publish()
    product.refresh_from_db()
    product.prices.all()[0].amount = 1
    product.save_revision().publish()
    assert Product.objects.get(pk=product.pk).prices.get().key == key


def test_a_product_preview_has_no_payment_form(admin):
    product = make_product()
    request = product.make_preview_request
    response = request()
    assert "Payments are disabled here" in response.rendered_content
    assert "<form" not in response.rendered_content


def product_form(price, **changes):
    row = {
        "id": price.pk,
        "ORDER": 1,
        "DELETE": "",
        "name": "",
        "currency": "EUR",
        "active": "on",
        "amount_type": "fixed",
        "amount": "12.50",
        "minimum": "",
        "maximum": "",
        "suggested": "",
        "tax_rate": "",
        "maximum_quantity": "1",
        "sold_until": "",
        "stock": "",
        **changes,
    }
    return {
        "name": "Star night",
        "description": "",
        "image": "",
        "active": "on",
        "prices-TOTAL_FORMS": "1",
        "prices-INITIAL_FORMS": "1",
        "prices-MIN_NUM_FORMS": "1",
        "prices-MAX_NUM_FORMS": "1000",
        "action-publish": "yes",
        **{f"prices-0-{name}": value for name, value in row.items()},
    }
