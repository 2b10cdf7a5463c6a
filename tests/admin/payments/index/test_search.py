"""The search of the payments list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.admin.payments.index.helpers import html, listed, make_payment, receipt_fields, staff
from tests.support.factories import make_product
from wagtail_payments.models import (
    Payment,
    Receipt,
)
from wagtail_payments.permissions import PAYERS, product_grant
from wagtail_payments.sandbox.seed.people import RUDE_NAMES
from wagtail_payments.search_keys import begins_with, search_key
from wagtail_payments.selectors.payments.search import query as search_module
from wagtail_payments.selectors.payments.search.query import PaymentSearch, payments_search

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("zoe.m@example.org", "zoe"),
        ("ZOE.M@", "zoe"),
        ("zoe", "zoe"),
        ("zoë müller", "zoe"),
        ("Muller", "zoe"),
        ("Müller, Zoë", "zoe"),
        ("mull", "zoe"),
        ("νικος", "nikos"),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "nikos"),
        ("0042", "zoe"),
        ("TEST-ST-2026-00017", "zoe"),
        ("st-2026-000", "zoe"),
        ("ST-2026R-0", "nikos"),
        ("rf18 5390", "nikos"),
        ("pi_AbC", "nikos"),
        ("pi_abc", None),
        ("oe", None),
        ("@example.org", None),
        ("0 042", None),
        ("\u200b", None),
        ("\u0301", None),
        ("\0", None),
        ("%", None),
        ("_", None),
        ("'; drop table payments; --", None),
        ("\u202e", None),
        ("9" * 400, None),
        ("x" * 5000, None),
    ],
)
def test_each_search(root, people, text, name):
    found = list(payments_search(Payment.objects.all(), text, root))
    assert found == ([people[name]] if name else [])


@pytest.mark.parametrize(("few", "many"), [(500, 10_000), (0, 10_000), (0, 0)])
@pytest.mark.parametrize("text", ["z", "mü", "zoë", "st-2026", "test-st-2026-00017", "4242", "x"])
def test_results_do_not_depend_on_the_number_of_matches(root, people, monkeypatch, text, few, many):
    """Matches are found by ids, by a subquery, or by scanning the list."""
    payments = Payment.objects.all()
    expected = set(payments_search(payments, text, root))
    monkeypatch.setattr(search_module, "_FEW", few)
    monkeypatch.setattr(search_module, "_MANY", many)
    search = PaymentSearch(text, root)
    for rows in (search.listed(payments), search.counted(payments)):
        assert sorted(row.pk for row in rows) == sorted(row.pk for row in expected)
    paid = payments.filter(status="succeeded")
    assert search.listed(paid).count() == len([row for row in expected if row.is_paid])


def test_many_numbers_and_a_few_names_are_found_together(root, people, monkeypatch):
    """The scan reads the numbers between the first and the last payment that has one."""
    named = make_payment(payer_name="ST-2026 Verein")
    far = make_payment()
    Receipt.objects.create(**receipt_fields(far, "TEST-ST-2026-00018", 18, kind="receipt"))
    make_payment()
    monkeypatch.setattr(search_module, "_FEW", 1)
    monkeypatch.setattr(search_module, "_MANY", 1)
    payments, search = Payment.objects.order_by("-created_at"), PaymentSearch("st-2026", root)
    expected = [far, named, people["nikos"], people["zoe"]]
    assert list(search.listed(payments)) == expected
    assert set(search.counted(payments)) == set(expected)
    assert list(search.listed(payments.filter(pk__gt=people["nikos"].pk))) == [far, named]


def test_many_hidden_payers_are_not_found(client, people, monkeypatch):
    monkeypatch.setattr(search_module, "_FEW", 0)
    monkeypatch.setattr(search_module, "_MANY", 0)
    test_hidden_payers_are_not_found(client, people)


def test_search_by_transaction_id(client, people):
    for text in (str(people["zoe"].public_id), people["zoe"].public_id.hex.upper()):
        assert listed(client, q=f" {text} ") == [people["zoe"]]


@pytest.mark.parametrize("name", RUDE_NAMES)
def test_hostile_names_are_found_and_escaped(client, root, name):
    payment = make_payment(payer_name=name)
    assert listed(client, q=name[:100]) == [payment]
    page = html(client)
    assert "<script>alert" not in page
    assert '<td class="wp-name">' in page


def test_search_and_filters_are_combined(client, people):
    assert listed(client, q="example", status="failed") == []
    assert listed(client, q="nikos@", status="succeeded") == [people["nikos"]]


def test_hidden_payers_are_not_found(client, people):
    client.force_login(staff("auditor", "view_payment"))
    for text in ("zoe", "Müller", "zoe.m@example.org", "nikos@", "ν"):
        assert listed(client, q=text) == []
    assert listed(client, q="ST-2026-00017") == [people["zoe"]]
    assert listed(client, q="0042") == [people["zoe"]]
    assert "Zoë" not in html(client)


def test_visible_payers_are_found(client, root):
    course, party = make_product(name="Course"), make_product(name="Party")
    mine = make_payment(course, payer_name="Ada")
    make_payment(party, payer_name="Ada")
    user = staff("treasurer", "view_payment")
    product_grant(right=PAYERS, holder=user, product=course)
    client.force_login(user)
    assert listed(client, q="ada") == [mine]


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\U0010ffff"), max_size=8
)


@given(names=st.lists(TEXTS, max_size=6), typed=TEXTS)
def test_a_key_range_matches_the_prefix(names, typed):
    Payment.objects.all().delete()
    for name in names:
        make_payment(payer_name=name)
    key = search_key(typed)
    found = Payment.objects.filter(begins_with("name_key", key)).values_list("name_key", flat=True)
    keys = map(search_key, names)
    assert sorted(found) == sorted(each for each in keys if each.startswith(key))
