"""Measures the payment list: pages, filters, sorting and searches, compared with Wagtail's own."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.figures import check_limit
from benchmarks.screens import Screen, request_in_turn
from wagtail_payments.models import Payment, Product, Receipt

LIMIT = 0.15
PAGE = 50

Query = dict[str, Any]
Case = tuple[str, Query, Query | None]


def run(client: Client) -> bool:
    """Measure the list; return whether all limits are kept."""
    ours, stock = reverse("wagtail_payments_payment:index"), reverse("bench_stock:index")
    print("  Payments list (× is the ratio to Wagtail's own listing)")
    passed = [_measure(client, ours, stock, case) for case in _cases()]
    return all(passed)


def _measure(client: Client, ours: str, stock: str, case: Case) -> bool:
    name, query, same = case
    screen = Screen(client, ours, query)
    beside = Screen(client, stock, same) if same is not None else None
    request_in_turn([screen, beside] if beside else [screen])
    figure, passed = f"{screen.median * 1000:.0f} ms, {screen.queries} queries", True
    if beside:
        figure += f", ×{screen.median / beside.median:.2f} of {beside.median * 1000:.0f} ms"
        passed = screen.median <= beside.median
    return check_limit(
        name, figure=figure, limit="150 ms, ×1", passed=passed and screen.median <= LIMIT
    )


def _cases() -> list[Case]:
    return [
        ("first page", {}, {}),
        *_pages(),
        *(
            (f"sorted by {by}", {"ordering": by}, {"ordering": by})
            for by in ("created_at", "amount", "-amount")
        ),
        *_filters(),
        *_searches(),
    ]


def _pages() -> list[Case]:
    pages = -(-Payment.objects.count() // PAGE)
    deep, paid = {"p": pages // 2}, {"status": "succeeded"}
    return [
        ("deep page", deep, deep),
        ("last page", {"p": "last"}, {"p": pages}),
        ("deep page of those paid", {**paid, "p": pages // 3}, {**paid, "p": pages // 3}),
        ("last page of those paid", {**paid, "p": "last"}, {**paid, "p": 10**7}),
    ]


def _filters() -> list[Case]:
    now = timezone.now()
    month, day = now - timedelta(days=30), now - timedelta(days=700)
    often, seldom = _ranked("product_key")
    page, rare_page = _ranked("page_id")
    products = {key: Product.objects.get(translation_key=key).pk for key in (often, seldom)}
    same: list[tuple[str, Query]] = [
        ("status paid", {"status": "succeeded"}),
        ("status processing (few)", {"status": "processing"}),
        ("currency EUR", {"currency": "EUR"}),
        ("currency CHF", {"currency": "CHF"}),
        ("method card", {"method_type": "card"}),
        ("method EPS (few)", {"method_type": "eps"}),
        ("provider", {"provider": "sandbox"}),
        ("provider (none)", {"provider": "instant"}),
        ("page", {"page_id": page}),
        ("page (few)", {"page_id": rare_page}),
        ("mode test", {"mode": "test"}),
        ("mode live (none)", {"mode": "live"}),
        ("paid in CHF by card", {"status": "succeeded", "currency": "CHF", "method_type": "card"}),
    ]
    return [
        *((name, query, query) for name, query in same),
        (
            "last 30 days",
            {"created_at_from": f"{month:%Y-%m-%d}"},
            {"created_at__gte": f"{month:%Y-%m-%d}"},
        ),
        (
            "one day, long ago",
            {"created_at_from": f"{day:%Y-%m-%d}", "created_at_to": f"{day:%Y-%m-%d}"},
            {
                "created_at__gte": f"{day:%Y-%m-%d}",
                "created_at__lt": f"{day + timedelta(days=1):%Y-%m-%d}",
            },
        ),
        ("product", {"product": products[often]}, {"product": products[often]}),
        ("product (few)", {"product": products[seldom]}, {"product": products[seldom]}),
        (
            "amount 20 to 60",
            {"amount_min": "20", "amount_max": "60"},
            {"amount__gte": 2000, "amount__lte": 6000},
        ),
        ("amount above 150 (few)", {"amount_min": "150"}, {"amount__gte": 15_000}),
        ("amount above 900 (none)", {"amount_min": "900"}, {"amount__gte": 90_000}),
        ("unfinished", {"status": "unfinished"}, None),
        ("refunded", {"status": "refunded"}, None),
        ("partly refunded", {"status": "partly_refunded"}, None),
        ("refund given", {"refunded": "any"}, None),
        ("refund failed", {"refunded": "failed"}, {"refunds__status": "failed"}),
        ("disputed", {"disputed": "any"}, None),
        (
            "dispute needs a response",
            {"disputed": "answer"},
            {"disputes__status": "needs_response"},
        ),
        ("to review", {"to_review": "true"}, {"review_reason": "paid_after_release"}),
    ]


def _searches() -> list[Case]:
    payment = Payment.objects.filter(receipt__isnull=False).order_by("pk")[5000 % PAGE]
    code = Receipt.objects.get(payment=payment).code
    texts = {
        "email": payment.payer_email,
        "beginning of an email": payment.payer_email[:6],
        "name": "Vera Richter",
        "surname": "Müller",
        "surname in Greek": "Παπαδόπουλος",
        "receipt number": code,
        "beginning of a receipt number": code[:-3],
        "a year's receipt numbers": f"{timezone.now().year - 1}-",
        "last four": payment.method_last4 or "4242",
        "transaction id": str(payment.public_id),
        "text without matches": "Xylophon",
    }
    return [(f"search by {name}", {"q": text}, {"q": text}) for name, text in texts.items()]


def _ranked(name: str) -> tuple[Any, Any]:
    """Return the most and the least frequent value of a column."""
    counted = Payment.objects.order_by().values_list(name).annotate(times=Count("pk"))
    ranked = [value for value, _times in counted.order_by("-times")]
    return ranked[0], ranked[-1]
