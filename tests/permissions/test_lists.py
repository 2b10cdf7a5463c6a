"""Lists, search, filters, sort order and choosers neither show nor count hidden rows."""

from html import unescape

import pytest
from django.urls import reverse
from wagtail.models import Locale

from tests.permissions.conftest import FIRST, OTHER, allow, fresh
from tests.permissions.table import (
    EDITORS,
    OPERATIONS,
    PAYER_VIEWERS,
    PAYMENT_VIEWERS,
    PRODUCT_VIEWERS,
)
from wagtail_payments.models import Delivery, Discrepancy, Payment, Product
from wagtail_payments.permissions import CHOOSE, PAYERS, product_grant, visible_payments
from wagtail_payments.selectors.payments.search.query import payments_search

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PRODUCTS = PRODUCT_VIEWERS | {"its_editor", "its_viewer", "its_keeper"}
PAYMENTS = PAYMENT_VIEWERS | {"its_treasurer", "its_onlooker", "its_mechanic", "payment_auditor"}
CHOOSERS = EDITORS | {"its_editor"}
SECRETS = (OTHER, f"Payer of {OTHER}", f"{OTHER.lower()}-payer@example.org")


def shown(client, name, *args, **query):
    """Return the rows of a list. The paginator must not count more than these."""
    response = client.get(reverse(name, args=args), query)
    if response.status_code != 200:
        return None, response
    rows = list(response.context["object_list"])
    pages = response.context.get("paginator")
    assert pages is None or pages.count == len(rows)
    return rows, response


def html_of(response):
    return unescape(response.content.decode())


SEARCHERS = ("its_treasurer", "its_onlooker", "payment_auditor", "accountant", "auditor")


def sign_in(client, club, names=()):
    """Sign in as each user in ``names``, by default all users; yield each name."""
    for name in names or club.people:
        client.force_login(club.people[name])
        yield name


def products_for(name, club):
    """Return the ids of the products that a user should find."""
    sides = [club.first] if name in PRODUCTS else []
    sides += [club.other] if name in PRODUCT_VIEWERS else []
    return {product.pk for side in sides for product in (side.product, side.new)}


def payments_for(name, club):
    """Return the ids of the payments that a user should find."""
    if name == "payment_auditor":
        return {club.first.payment.pk}
    sides = [club.first] if name in PAYMENTS else []
    sides += [club.other] if name in PAYMENT_VIEWERS else []
    return {payment.pk for side in sides for payment in (side.payment, side.order)}


@pytest.mark.parametrize(
    ("view", "query"),
    [
        ("list", {}),
        ("list", {"q": OTHER}),
        ("list", {"q": "new", "active": "true", "ordering": "-name"}),
        ("list_results", {"q": "e", "p": "1"}),
    ],
)
def test_products(client, club, view, query):
    for name in sign_in(client, club):
        rows, response = shown(client, f"wagtail_payments_product:{view}", **query)
        expected = products_for(name, club)
        assert (rows is not None) == (name in PRODUCTS), name
        if rows is None:
            continue
        if query.get("q"):
            word = query["q"].lower()
            expected &= {row.pk for row in Product.objects.all() if word in row.name.lower()}
        assert {row.pk for row in rows} == expected, name
        if name not in PRODUCT_VIEWERS and query.get("q") != OTHER:
            assert OTHER not in html_of(response), name


def test_hidden_rows_are_not_counted(client, club):
    for number in range(30):
        Product.objects.create(name=f"{OTHER} {number}", locale=Locale.get_default())
    client.force_login(club.people["its_viewer"])
    response = client.get(reverse("wagtail_payments_product:list"))
    assert response.context["paginator"].num_pages == 1
    assert "p=2" not in response.content.decode()


@pytest.mark.parametrize("view", ["choose", "choose_results"])
@pytest.mark.parametrize("query", [{}, {"locale": "en"}])
def test_the_chooser(client, club, view, query):
    url = reverse(f"wagtailsnippetchoosers_wagtail_payments_product:{view}")
    for name in sign_in(client, club):
        response = client.get(url, query)
        if name in ("inactive",):
            assert response.status_code == 302
            continue
        assert response.status_code == 200, name
        sides = [club.first] if name in CHOOSERS else []
        sides += [club.other] if name in EDITORS else []
        expected = {product.pk for side in sides for product in (side.product, side.new)}
        assert {row.pk for row in response.context["results"]} == expected, name
        assert response.context["results"].paginator.count == len(expected), name
        if name not in EDITORS:
            assert OTHER not in html_of(response), name


def test_the_choosers_search(client, club):
    client.force_login(club.people["its_editor"])
    url = reverse("wagtailsnippetchoosers_wagtail_payments_product:choose_results")

    def found(text):
        return {row.pk for row in client.get(url, {"q": text}).context["results"]}

    own = club.first
    assert found(own.product.name.upper()) == {own.product.pk, own.new.pk}
    assert found(own.new.name) == {own.new.pk}
    assert found(club.other.product.name) == set()


def test_the_chosen_products(client, club):
    chooser = "wagtailsnippetchoosers_wagtail_payments_product"
    ids = [side.product.pk for side in club.sides()]
    for name in sign_in(client, club):
        if name == "inactive":
            continue
        permitted = [name in CHOOSERS, name in EDITORS]
        for pk, allowed in zip(ids, permitted, strict=True):
            response = client.get(reverse(f"{chooser}:chosen", args=[pk]))
            assert (response.status_code == 200) == allowed, name
        response = client.get(reverse(f"{chooser}:chosen_multiple"), {"id": [*ids, 10**6]})
        assert response.status_code == 200
        found = {int(row["id"]) for row in response.json()["result"]}
        assert found == {pk for pk, allowed in zip(ids, permitted, strict=True) if allowed}, name


def search_terms(side, payment):
    """Return search terms that find a payment. The first two name the payer."""
    return {
        "name": payment.payer_name,
        "email": payment.payer_email,
        "receipt": payment.receipt.code,
        "transaction": str(payment.public_id),
        "checkout": payment.checkout_reference,
        "reference": payment.payment_reference,
        "last four": payment.method_last4,
    }


def search(client, person, kind, text):
    """Return the matches: from the page if the term names a payer, or else from the selector."""
    if kind in ("name", "email"):
        return shown(client, "wagtail_payments_payment:index", q=text)[0]
    return payments_search(visible_payments(fresh(person)), text, fresh(person))


def test_payments_by_search(client, club):
    wrong = []
    for name in sign_in(client, club, SEARCHERS):
        for side in club.sides():
            for kind, text in search_terms(side, side.payment).items():
                rows = search(client, club.people[name], kind, text)
                mine = payments_for(name, club)
                expected = mine & {side.payment.pk}
                if kind in ("name", "email"):
                    expected = mine & {side.payment.pk, side.order.pk}
                if kind == "last four":
                    expected = mine & {one.payment.pk for one in club.sides()}
                sees_payer = name in PAYER_VIEWERS or (
                    side is club.first and name == "its_treasurer"
                )
                if kind in ("name", "email") and not sees_payer:
                    expected = set()
                if {row.pk for row in rows} != expected:
                    wrong.append((name, kind, side.product.name))
    assert wrong == []


def test_hidden_payers_cannot_be_guessed(client, club):
    """Results must not depend on a longer or shorter term if the payer is hidden."""
    client.force_login(club.people["its_onlooker"])
    for text in ("a", "p", "@", "example.org", "Payer of", f"{FIRST.lower()}-payer"):
        rows, _ = shown(client, "wagtail_payments_payment:index", q=text)
        assert list(rows) == [], text


QUERIES = [
    {"q": "4242"},
    {"status": ["succeeded", "pending"]},
    {"mode": "test", "created_at_from": "2020-01-01"},
    {"to_review": "true"},
    *[{"ordering": sort} for sort in ("created_at", "-created_at", "amount", "-amount")],
]


@pytest.mark.parametrize("view", ["index", "index_results"])
def test_payments(client, club, view):
    for name in sign_in(client, club):
        rows, response = shown(client, f"wagtail_payments_payment:{view}")
        assert (rows is not None) == (name in PAYMENTS), name
        if rows is not None:
            assert {row.pk for row in rows} == payments_for(name, club), name
            assert_hidden_payers_are_not_shown(name, response)


@pytest.mark.parametrize("query", QUERIES)
def test_payments_by_filter_and_order(client, club, query):
    for name in sign_in(client, club, ["its_mechanic", *SEARCHERS]):
        rows, response = shown(client, "wagtail_payments_payment:index", **query)
        found, mine = {row.pk for row in rows}, payments_for(name, club)
        if set(query) & {"q", "to_review"}:
            assert found <= mine, name
        else:
            assert found == mine, name
        assert_hidden_payers_are_not_shown(name, response)


def assert_hidden_payers_are_not_shown(name, response):
    html = html_of(response)
    if name not in PAYMENT_VIEWERS:
        assert not [secret for secret in SECRETS if secret in html], name
    if name not in PAYER_VIEWERS | {"its_treasurer"}:
        assert "-payer@" not in html, name
        assert "Payer of" not in html, name


def test_payments_cannot_be_sorted_by_payer(client, club):
    """An order by payer would reveal payers."""
    client.force_login(club.people["its_onlooker"])
    Payment.objects.filter(pk=club.first.order.pk).update(payer_email="aaa@example.org")
    orders = []
    for ordering in ("payer_email", "-payer_email", "payer", "-payer", "payer_id", "", "title"):
        rows, _ = shown(client, "wagtail_payments_payment:index", ordering=ordering)
        orders.append([row.pk for row in rows])
    assert orders[:5] == [orders[5]] * 5


def test_the_product_filter_offers_only_visible_products(client, club):
    for name in sign_in(client, club):
        _, response = shown(client, "wagtail_payments_payment:index")
        if response.status_code != 200:
            continue
        field = response.context["filters"].form.fields["product"]
        offered = {int(value) for value, _ in field.choices if value}
        expected = {
            product.pk
            for side, people in ((club.first, PAYMENTS), (club.other, PAYMENT_VIEWERS))
            if name in people - {"payment_auditor"}
            for product in (side.product, side.new)
            if name != "its_mechanic" or product == club.first.product
        }
        assert offered == expected, name
        rows, _ = shown(client, "wagtail_payments_payment:index", product=club.other.product.pk)
        assert {row.pk for row in rows} <= payments_for(name, club), name


@pytest.mark.parametrize(
    ("name", "model"),
    [("wagtail_payments_delivery", Delivery), ("wagtail_payments_discrepancy", Discrepancy)],
)
@pytest.mark.parametrize("query", [{}, {"q": OTHER, "resolved": "true"}])
def test_deliveries_and_discrepancies(client, club, name, model, query):
    for person in sign_in(client, club):
        rows, response = shown(client, f"{name}:index", **query)
        permitted = person in OPERATIONS | {"its_mechanic"}
        assert (rows is not None) == permitted, person
        if rows is None:
            continue
        mine = set(model.objects.filter(payment__in=payments_for(person, club)))
        assert mine
        assert set(rows) <= mine, person
        if query == {}:
            assert set(rows) == mine, person
        if person == "its_mechanic" and query == {}:
            assert not [secret for secret in SECRETS if secret in html_of(response)]


def test_an_event_does_not_name_a_hidden_payment(client, club):
    client.force_login(club.people["its_mechanic"])
    _, response = shown(client, "wagtail_payments_webhookevent:index")
    assert not [secret for secret in SECRETS if secret in html_of(response)]
    url = reverse("wagtail_payments_webhookevent:inspect", args=[club.other.event.pk])
    html = html_of(client.get(url))
    assert not [secret for secret in SECRETS if secret in html]
    inspect = reverse("wagtail_payments_payment:inspect", args=[club.other.payment.pk])
    assert inspect not in html


def test_a_new_permission_applies_immediately(client, club):
    onlooker = club.people["its_onlooker"]
    client.force_login(onlooker)
    email = club.first.payment.payer_email
    assert shown(client, "wagtail_payments_payment:index", q=email)[0] == []
    product_grant(right=PAYERS, holder=onlooker, product=club.first.product)
    assert len(shown(client, "wagtail_payments_payment:index", q=email)[0]) == 2
    product_grant(right=CHOOSE, holder=onlooker, product=club.first.product)
    url = reverse("wagtailsnippetchoosers_wagtail_payments_product:choose")
    assert [row.pk for row in client.get(url).context["results"]] == [club.first.product.pk]
    allow(onlooker, "view_payment")
    assert len(shown(client, "wagtail_payments_payment:index")[0]) == 4
    assert fresh(onlooker).has_perm("wagtail_payments.view_payment")
