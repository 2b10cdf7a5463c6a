"""The list of payments: filters, searches, pages, sums, and what is done with several."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.users.models import UserProfile

from tests.support.factories import make_dispute, make_product, make_site, make_user
from tests.support.tokens import make_staff
from wagtail_payments.admin.generic.paginator import LongPaginator
from wagtail_payments.enums import DeliveryKind, DeliveryState, DisputeStatus
from wagtail_payments.models import (
    CreditNote,
    DailyRevenue,
    Delivery,
    Dispute,
    Payment,
    PaymentEvent,
    Receipt,
    ReceiptSeries,
    Refund,
)
from wagtail_payments.permissions import EXPORT, PAYERS, PAYMENTS, product_grant
from wagtail_payments.sandbox.seed import payments_seed
from wagtail_payments.sandbox.seed.people import RUDE_NAMES
from wagtail_payments.search_keys import begins_with, search_key
from wagtail_payments.selectors.payments import filters as conditions
from wagtail_payments.selectors.payments.search import query as search_module
from wagtail_payments.selectors.payments.search.query import PaymentSearch, payments_search
from wagtail_payments.selectors.payments.totals import payments_totals
from wagtail_payments.services.revenue import days_mark_stale, revenue_refresh

INDEX = "wagtail_payments_payment:index"
RESEND = ("view_delivery", "resend_delivery")

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def make_payment(product=None, **facts):
    when = facts.pop("created_at", None) or timezone.now() - timedelta(days=1)
    amount = facts.get("amount", 1250)
    paid = facts.get("status", "succeeded") == "succeeded"
    return Payment.objects.create(
        **{
            "attempt_key": str(uuid4()),
            "status": "succeeded",
            "product": product,
            "product_key": product.translation_key if product else uuid4(),
            "price_key": uuid4(),
            "title": product.name if product else "Star night",
            "unit_amount": amount,
            "amount": amount,
            "currency": "EUR",
            "provider": "sandbox",
            "mode": "test",
            "ui": "inline",
            "created_at": when,
            "expires_at": when,
            "paid_at": when if paid else None,
            "captured_amount": amount if paid else 0,
            **facts,
        }
    )


def issue(payment, code, number=1, **facts):
    series, _ = ReceiptSeries.objects.get_or_create(name="ST", year=2026, mode="test", **facts)
    shared = {"series": series, "number": number, "code": code, "language": "en", "data": {}}
    return {**shared, "payment": payment, "issued_at": timezone.now()}


def staff(username, *permissions):
    user = make_user(username)
    for codename in ("access_admin", *permissions):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    return user


def listed(client, **query):
    response = client.get(reverse(INDEX), query)
    assert response.status_code == 200
    return list(response.context["object_list"])


def html(client, **query):
    return client.get(reverse(INDEX), query).content.decode()


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def root(client):
    user = make_user("root", is_superuser=True)
    client.force_login(user)
    return user


# Filters


@pytest.fixture
def mixed(root):
    """One payment of each sort, by name."""
    course = make_product(name="Course")
    several = {
        "paid": {},
        "wholly": {"refunded_amount": 1250},
        "partly": {"refunded_amount": 400},
        "pending": {"status": "pending"},
        "processing": {"status": "processing"},
        "failed": {"status": "failed"},
        "course": {"product": course},
        "cheap": {"amount": 99},
        "francs": {"currency": "CHF", "amount": 2000},
        "yen": {"currency": "JPY", "amount": 1250},
        "sepa": {"method_type": "sepa_debit"},
        "elsewhere": {"provider": "offline", "page_id": 7, "page_title": "Club"},
        "live": {"mode": "live"},
        "odd": {"review_reason": "amount_mismatch"},
        "disputed": {},
        "lost": {},
        "on its way": {"refunded_amount": 100},
        "refund failed": {},
    }
    made = {name: make_payment(payer_name=name, **facts) for name, facts in several.items()}
    for name, status in (("disputed", "needs_response"), ("lost", "lost")):
        facts = {"provider": "sandbox", "mode": "test", "reference": name, "amount": 1250}
        Dispute.objects.create(payment=made[name], status=status, currency="EUR", **facts)
    for name, status in (("on its way", "pending"), ("refund failed", "failed")):
        facts = {"provider": "sandbox", "mode": "test", "amount": 100}
        Refund.objects.create(payment=made[name], status=status, **facts)
    days_mark_stale({timezone.localdate(timezone.now() - timedelta(days=1))})
    revenue_refresh()
    return made


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": "pending"}, "pending"),
        ({"status": "unfinished"}, "pending,processing"),
        ({"status": "refunded"}, "wholly"),
        ({"status": "partly_refunded"}, "partly,on its way"),
        ({"status": ["refunded", "partly_refunded"]}, "wholly,partly,on its way"),
        ({"status": ["refunded", "failed"]}, "wholly,failed"),
        ({"amount_max": "0.99"}, "cheap"),
        ({"amount_min": "20", "amount_max": "20.00"}, "francs"),
        ({"amount_min": "1250"}, "yen"),
        ({"amount_min": "1250", "currency": "JPY"}, "yen"),
        ({"amount_min": "12.51", "currency": "EUR"}, ""),
        ({"currency": "CHF"}, "francs"),
        ({"method_type": "sepa_debit"}, "sepa"),
        ({"provider": "offline"}, "elsewhere"),
        ({"page_id": "7"}, "elsewhere"),
        ({"mode": "live"}, "live"),
        ({"to_review": "true"}, "odd"),
        ({"refunded": "any"}, "wholly,partly,on its way"),
        ({"refunded": "pending"}, "on its way"),
        ({"refunded": "failed"}, "refund failed"),
        ({"disputed": "any"}, "disputed,lost"),
        ({"disputed": "open"}, "disputed"),
        ({"disputed": "answer"}, "disputed"),
        ({"status": "succeeded", "currency": "CHF", "mode": "test"}, "francs"),
        ({"created_at_to": "2001-01-01"}, ""),
        ({"created_at_from": "9999-12-31"}, ""),
    ],
)
def test_each_filter(client, mixed, query, names):
    assert {each.payer_name for each in listed(client, **query)} == set(names.split(",")) - {""}


def test_all_days_there_are(client, mixed):
    query = {"created_at_from": "0001-01-01", "created_at_to": "9999-12-31"}
    assert len(listed(client, **query)) == len(mixed)


def test_the_filter_by_product(client, mixed):
    product = mixed["course"].product
    assert listed(client, product=product.pk) == [mixed["course"]]


@pytest.mark.parametrize(
    "query",
    [
        {"amount_min": "twelve"},
        {"amount_min": "1,234.50"},
        {"amount_min": "12.505", "currency": "EUR"},
        {"amount_min": "12.50", "currency": "JPY"},
        {"amount_min": "9" * 40},
        {"created_at_from": "yesterday"},
        {"currency": "XXX"},
        {"provider": "nobody"},
        {"page_id": "7 or 1=1"},
        {"product": "999999"},
        {"status": "gone"},
        {"mode": "\0"},
    ],
)
def test_what_cannot_be_read_finds_nothing_rather_than_all(client, mixed, query):
    assert listed(client, **query) == []


def test_an_amount_with_a_comma(client, root):
    dear, cheap = make_payment(amount=1250), make_payment(amount=1249)
    assert listed(client, amount_min="12,50") == [dear]
    assert listed(client, amount_max="12,49") == [cheap]


@pytest.mark.parametrize("broad", [0, 20_000])
def test_amounts_are_counted_and_listed_alike(client, mixed, monkeypatch, broad):
    """SQLite lists many of them without their index, and counts them by it."""
    monkeypatch.setattr(conditions, "_BROAD", broad)
    for query in ({"amount_min": "20"}, {"amount_max": "12.50", "mode": "test"}):
        response = client.get(reverse(INDEX), query)
        found = list(response.context["object_list"])
        assert found
        assert len(found) < len(mixed)
        assert response.context["paginator"].count == len(found)
    zoe = make_payment(payer_name="Zoë", amount=7700)
    make_payment(payer_name="Zoë", amount=100)
    response = client.get(reverse(INDEX), {"amount_min": "77", "q": "zoë"})
    assert list(response.context["object_list"]) == [zoe]
    assert response.context["paginator"].count == 1


def test_a_filter_that_cannot_be_read_is_said(client, mixed):
    page = client.get(reverse("wagtail_payments_payment:index"), {"amount_min": "twelve"})
    assert "A filter can't be read, so nothing is shown" in page.content.decode()


def test_a_search_that_cannot_be_read_finds_nothing(client, mixed):
    for query in ({"q": "zoe\0"}, {"q": "\0"}, {"q": "zoe\0", "totals": "1"}):
        response = client.get(reverse(INDEX), query)
        assert list(response.context["object_list"]) == []
        assert response.context["paginator"].count == 0
    assert "nothing to add up" in html(client, q="zoe\0", totals="1")
    assert len(listed(client, q=" ")) == len(mixed)


def test_by_when_it_was_paid(client, root):
    paid = make_payment(paid_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    make_payment(paid_at=datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert listed(client, paid_at_from="2026-03-02", paid_at_to="2026-03-02") == [paid]


def test_whoever_can_do_nothing_with_several_has_no_boxes(client, mixed):
    client.force_login(make_staff("looker", "view_payment"))
    page = client.get(reverse("wagtail_payments_payment:index")).content.decode()
    assert "data-bulk-action-checkbox" not in page
    assert "bulk-actions.js" not in page


def test_days_are_the_sites_and_not_the_readers(client, root, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    profile = UserProfile.get_for_user(root)
    profile.current_time_zone = "Pacific/Honolulu"
    profile.save()
    late = make_payment(created_at=datetime(2025, 12, 31, 10, 59, tzinfo=UTC))
    new_year = make_payment(created_at=datetime(2025, 12, 31, 11, 0, tzinfo=UTC))
    assert listed(client, created_at_to="2025-12-31") == [late]
    assert listed(client, created_at_from="2026-01-01") == [new_year]


def test_only_what_one_may_see_can_be_chosen(client, mixed):
    course = mixed["course"].product
    user = staff("treasurer")
    product_grant(right=PAYMENTS, holder=user, product=course)
    client.force_login(user)
    form = client.get(reverse(INDEX)).context["filters"].form
    offered = [value for value, _ in form.fields["product"].choices if value]
    assert offered == [str(course.pk)]
    assert [value for value, _ in form.fields["page_id"].choices if value] == []
    assert [value for value, _ in form.fields["method_type"].choices if value] == []


def test_choices_are_known_again_when_sums_are_made_anew(client, root):
    payment = make_payment(method_type="eps", page_id=5, page_title="New")
    client.get(reverse(INDEX))
    days_mark_stale({timezone.localdate(payment.created_at)})
    revenue_refresh()
    form = client.get(reverse(INDEX)).context["filters"].form
    assert ("5", "New") in form.fields["page_id"].choices
    assert ("eps", "EPS") in form.fields["method_type"].choices
    assert DailyRevenue.objects.exists()


# Searches


@pytest.fixture
def people(root):
    zoe = make_payment(
        payer_name="Zoë  MÜLLER", payer_email="Zoe.M@Example.org", method_last4="0042"
    )
    nikos = make_payment(
        payer_name="Νίκος Παπαδόπουλος",
        payer_email="nikos@example.org",
        checkout_reference="RF18 5390".replace(" ", ""),
        payment_reference="pi_AbC",
    )
    Receipt.objects.create(**issue(zoe, "TEST-ST-2026-00017", 17))
    refund = Refund.objects.create(payment=nikos, provider="sandbox", mode="test", amount=5)
    note = issue(nikos, "TEST-ST-2026R-00003", 3, kind="refund")
    CreditNote.objects.create(refund=refund, kind="refund", **note)
    return {"zoe": zoe, "nikos": nikos}


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
def test_few_and_many_are_found_alike(root, people, monkeypatch, text, few, many):
    """Be they looked up by id, by a query for ids, or while walking through the list."""
    everybody = Payment.objects.all()
    expected = set(payments_search(everybody, text, root))
    monkeypatch.setattr(search_module, "_FEW", few)
    monkeypatch.setattr(search_module, "_MANY", many)
    search = PaymentSearch(text, root)
    for rows in (search.listed(everybody), search.counted(everybody)):
        assert sorted(row.pk for row in rows) == sorted(row.pk for row in expected)
    paid = everybody.filter(status="succeeded")
    assert search.listed(paid).count() == len([row for row in expected if row.is_paid])


def test_many_numbers_and_a_few_names_are_found_together(root, people, monkeypatch):
    """The walk looks up the numbers of those between the first and the last that has one."""
    named = make_payment(payer_name="ST-2026 Verein")
    far = make_payment()
    Receipt.objects.create(**issue(far, "TEST-ST-2026-00018", 18, kind="receipt"))
    make_payment()
    monkeypatch.setattr(search_module, "_FEW", 1)
    monkeypatch.setattr(search_module, "_MANY", 1)
    everybody, search = Payment.objects.order_by("-created_at"), PaymentSearch("st-2026", root)
    expected = [far, named, people["nikos"], people["zoe"]]
    assert list(search.listed(everybody)) == expected
    assert set(search.counted(everybody)) == set(expected)
    assert list(search.listed(everybody.filter(pk__gt=people["nikos"].pk))) == [far, named]


def test_many_hidden_payers_are_not_found_either(client, people, monkeypatch):
    monkeypatch.setattr(search_module, "_FEW", 0)
    monkeypatch.setattr(search_module, "_MANY", 0)
    test_hidden_payers_are_not_found(client, people)


def test_search_by_transaction_id(client, people):
    for text in (str(people["zoe"].public_id), people["zoe"].public_id.hex.upper()):
        assert listed(client, q=f" {text} ") == [people["zoe"]]


@pytest.mark.parametrize("name", RUDE_NAMES)
def test_rude_names_are_found_and_harmless(client, root, name):
    payment = make_payment(payer_name=name)
    assert listed(client, q=name[:100]) == [payment]
    page = html(client)
    assert "<script>alert" not in page
    assert '<td class="wp-name">' in page


def test_a_search_among_what_is_filtered(client, people):
    assert listed(client, q="example", status="failed") == []
    assert listed(client, q="nikos@", status="succeeded") == [people["nikos"]]


def test_hidden_payers_are_not_found(client, people):
    client.force_login(staff("auditor", "view_payment"))
    for text in ("zoe", "Müller", "zoe.m@example.org", "nikos@", "ν"):
        assert listed(client, q=text) == []
    assert listed(client, q="ST-2026-00017") == [people["zoe"]]
    assert listed(client, q="0042") == [people["zoe"]]
    assert "Zoë" not in html(client)


def test_payers_are_found_where_they_are_shown(client, root):
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
def test_a_range_of_keys_is_what_begins_with_it(names, typed):
    Payment.objects.all().delete()
    for name in names:
        make_payment(payer_name=name)
    key = search_key(typed)
    found = Payment.objects.filter(begins_with("name_key", key)).values_list("name_key", flat=True)
    keys = map(search_key, names)
    assert sorted(found) == sorted(each for each in keys if each.startswith(key))


# Pages


@pytest.fixture
def many(root, monkeypatch):
    monkeypatch.setattr(LongPaginator, "max_count", 120)
    payments_seed(payments=260, years=0.1, sums=False)
    return list(Payment.objects.order_by("-created_at", "-pk").values_list("pk", flat=True))


def page(client, **query):
    response = client.get(reverse(INDEX), query)
    assert response.status_code == 200
    return [row.pk for row in response.context["object_list"]], response.content.decode()


def test_few_are_counted(client, root):
    payments_seed(payments=101, years=0.1, sums=False)
    rows, shown = page(client, p="3")
    assert len(rows) == 1
    assert "Page 3 of 3" in shown
    assert "101 payments" in shown
    for query in ("last", "-1", "99", "9" * 60):
        assert page(client, p=query)[0] == rows
    for query in ("0", "x", "", "-9"):
        assert len(page(client, p=query)[0]) == 50


def test_many_are_not_counted(client, many):
    rows, shown = page(client)
    assert rows == many[:50]
    assert "More than 120 payments" in shown
    assert "Page 1 of" not in shown
    assert 'p=2"' in shown


@pytest.mark.parametrize(
    ("number", "start", "stop"),
    [
        ("2", 50, 100),
        ("5", 200, 250),
        ("6", 250, 260),
        ("last", 210, 260),
        ("-1", 210, 260),
        ("-2", 160, 210),
        ("-6", 0, 10),
        ("7", 210, 260),
        ("-7", 0, 50),
        ("9" * 30, 210, 260),
        ("nonsense", 0, 50),
        ("0", 0, 50),
    ],
)
def test_pages_of_many(client, many, number, start, stop):
    assert page(client, p=number)[0] == many[start:stop]


def test_one_can_walk_through_many_in_both_directions(client, many):
    for start, way in ((1, "next"), ("last", "previous")):
        seen, number = set(), start
        while number:
            shown = client.get(reverse(INDEX), {"p": number}).context["page_obj"]
            seen |= {row.pk for row in shown.object_list}
            more = getattr(shown, f"has_{way}")()
            number = getattr(shown, f"{way}_page_number")() if more else None
        assert seen == set(many)


@pytest.mark.parametrize("ordering", ["created_at", "-created_at", "amount", "-amount"])
def test_sorting_is_stable(client, many, ordering):
    rows = Payment.objects.order_by(ordering, "-pk" if "-" in ordering else "pk")
    expected = list(rows.values_list("pk", flat=True))
    pages = [pk for number in range(1, 7) for pk in page(client, ordering=ordering, p=number)[0]]
    assert pages == expected


def test_more_than_ten_thousand_matches_are_said_so(client, many):
    shown = html(client, mode="test")
    assert "More than 120 matches" in shown


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"p": "last"},
        {"status": "refunded"},
        {"q": "a"},
        {"q": "2026"},
        {"q": "st-2026"},
        {"ordering": "amount"},
        {"created_at_from": "2020-01-01"},
        {"totals": "1"},
    ],
)
def test_it_costs_the_same_for_five_and_five_hundred(
    client, root, query, django_assert_max_num_queries
):
    payments_seed(payments=5, years=0.05, sums=False)
    counts = []
    for more in (0, 495):
        payments_seed(payments=more, years=0.05, sums=False)
        client.get(reverse(INDEX), query)
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse(INDEX), query)
        counts.append(len(queries))
    assert counts[0] >= counts[1] - 2
    assert counts[1] <= 18


# Sums


def test_sums_are_made_when_asked_for_and_only_then(client, mixed):
    assert client.get(reverse(INDEX)).context["totals"] is None
    assert "Add up" in html(client)
    totals = client.get(reverse(INDEX), {"totals": "1"}).context["totals"]
    assert [(line.mode, line.currency) for line in totals] == [
        ("live", "EUR"),
        ("test", "CHF"),
        ("test", "EUR"),
        ("test", "JPY"),
    ]
    test = totals[2]
    assert test.gross == sum(
        each.captured_amount for each in mixed.values() if each.currency == "EUR" and each.is_test
    )
    assert test.refunded == 1250 + 400 + 100
    assert "€12.50" in html(client, totals="1")


def test_sums_are_of_what_is_filtered_and_seen(client, mixed):
    (line,) = client.get(reverse(INDEX), {"totals": "1", "currency": "CHF"}).context["totals"]
    assert (line.payments, line.gross) == (1, 2000)
    user = staff("treasurer")
    product_grant(right=PAYMENTS, holder=user, product=mixed["course"].product)
    client.force_login(user)
    (line,) = client.get(reverse(INDEX), {"totals": "1"}).context["totals"]
    assert (line.payments, line.gross) == (1, 1250)
    assert "nothing to add up" in html(client, totals="1", status="failed")


def test_a_fee_in_another_currency_is_never_taken_off():
    make_payment(fee=30)
    make_payment(fee=50, fee_currency="USD")
    euros, dollars = payments_totals(Payment.objects.all())
    assert (euros.currency, euros.gross, euros.fees, euros.net) == ("EUR", 2500, 30, 2470)
    assert (dollars.currency, dollars.gross, dollars.net) == ("USD", 0, -50)


def test_disputed_money_is_taken_off_where_it_is_ours_no_more():
    lost, won = make_payment(), make_payment()
    make_dispute(lost, DisputeStatus.LOST, currency="")
    make_dispute(lost, DisputeStatus.LOST, currency="USD", amount=70)
    make_dispute(won, DisputeStatus.WON)
    make_dispute(make_payment(), amount=100)
    euros, dollars = payments_totals(Payment.objects.all())
    assert (euros.gross, euros.disputed, euros.net) == (3750, 1350, 2400)
    assert (dollars.currency, dollars.disputed, dollars.net) == ("USD", 70, -70)
    assert [line.disputed for line in payments_totals(Payment.objects.filter(pk=won.pk))] == [0]


def test_money_is_said_to_be_mixed_when_it_is(client, mixed):
    words = "Live and test payments are mixed"
    assert words in html(client)
    assert words not in html(client, mode="test")
    Payment.objects.filter(mode="live").update(mode="test")
    DailyRevenue.objects.filter(mode="live").delete()
    days_mark_stale({timezone.localdate(timezone.now() - timedelta(days=1))})
    revenue_refresh()
    assert words not in html(client)


def test_test_money_has_a_mark_in_every_row(client, mixed):
    rows = html(client).count('<span class="w-status">Test</span>')
    assert rows == len(mixed) - 1


# What is done with several


def act(action):
    return reverse("wagtail_bulk_action", args=["wagtail_payments", "payment", action])


def receipt_mail(payment):
    return Delivery.objects.create(
        payment=payment, kind=DeliveryKind.RECEIPT_EMAIL, state=DeliveryState.SENT
    )


def test_what_is_chosen_is_exported(client, mixed):
    chosen = [mixed["paid"], mixed["sepa"]]
    response = client.get(act("export"), {"id": [each.pk for each in chosen]}, follow=True)
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert len(rows) == 3
    assert all(any(str(each.public_id) in row for row in rows) for each in chosen)


def test_only_what_one_may_export_is_exported(client, mixed):
    course = mixed["course"].product
    user = staff("treasurer", "view_payment")
    client.force_login(user)
    everything = {"id": [each.pk for each in mixed.values()]}
    assert client.get(act("export"), everything).status_code == 302
    assert "Export the selected" not in html(client)
    product_grant(right=EXPORT, holder=user, product=course)
    client.force_login(make_again(user))
    response = client.get(act("export"), everything, follow=True)
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert len(rows) == 2


def make_again(user):
    return type(user).objects.get(pk=user.pk)


def test_receipts_are_sent_again(client, mixed):
    mail, other = receipt_mail(mixed["paid"]), receipt_mail(mixed["sepa"])
    url = f"{act('resend_receipts')}?id={mixed['paid'].pk}&id={mixed['failed'].pk}"
    assert "1 receipt goes to its payer once more" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    mail.refresh_from_db()
    other.refresh_from_db()
    assert (mail.resends, other.resends) == (1, 0)
    assert PaymentEvent.objects.filter(payment=mixed["paid"], kind="delivery_resent").count() == 1


@pytest.mark.parametrize("action", ["export", "resend_receipts"])
@pytest.mark.parametrize("ids", [["x"], [], ["9" * 30], ["all"], ["-1"], ["999999"]])
def test_ids_that_are_none(client, mixed, action, ids):
    for ask in (client.get, client.post):
        query = "&".join(f"id={each}" for each in ids)
        assert ask(f"{act(action)}?{query}").status_code == 404
    assert not Delivery.objects.filter(resends__gt=0).exists()


def test_a_refusal_sends_nothing(client, mixed):
    mail = receipt_mail(mixed["paid"])
    url = f"{act('resend_receipts')}?id={mixed['paid'].pk}"
    client.force_login(staff("reader", "view_payment"))
    for ask in (client.get, client.post):
        assert ask(url).status_code == 302
    hidden = staff("mechanic", *RESEND)
    product_grant(right=PAYMENTS, holder=hidden, product=mixed["course"].product)
    client.force_login(hidden)
    for ask in (client.get, client.post):
        assert ask(url).status_code in (302, 404)
    mail.refresh_from_db()
    assert (mail.resends, mail.state) == (0, DeliveryState.SENT)
    assert not PaymentEvent.objects.filter(kind="delivery_resent").exists()
