"""The caches of products and revenue sums: always current, and independent of permissions."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.services.revenue.test_revenue import make_payment
from tests.support.factories import make_product, make_user
from wagtail_payments.models import DailyRevenue, Product
from wagtail_payments.permissions import PAYMENTS, product_grant
from wagtail_payments.selectors.caching import product_key, products_cached
from wagtail_payments.selectors.revenue.periods import month_of
from wagtail_payments.selectors.revenue.revenue import revenue_lines
from wagtail_payments.services.revenue import payment_mark_stale, revenue_refresh
from wagtail_payments.utils.dates import site_today

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def cached_product(product: Any) -> Any:
    return products_cached([product.pk])[product.pk]


def test_product_is_read_once(django_assert_num_queries: Any) -> None:
    product = make_product()
    cached_product(product)
    with django_assert_num_queries(0):
        assert [price.amount for price in cached_product(product).prices.all()] == [1250]


def test_changes_are_visible_immediately() -> None:
    product = make_product()
    assert cached_product(product).name == "Star night"
    product.name = "Moon night"
    product.save()
    assert cached_product(product).name == "Moon night"
    price = product.prices.get()
    price.amount = 99
    price.save()
    assert cached_product(product).prices.get().amount == 99
    assert [p.amount for p in cached_product(product).prices.all()] == [99]
    product.name = "Sun night"
    product.save_revision().publish()
    assert cached_product(product).name == "Sun night"
    product.unpublish()
    assert not cached_product(product).live
    pk = product.pk
    product.delete()
    assert products_cached([pk]) == {}


def test_commit_removes_a_stale_entry(
    django_capture_on_commit_callbacks: Any,
) -> None:
    product = make_product()
    old = Product.objects.prefetch_related("prices").get(pk=product.pk)
    with django_capture_on_commit_callbacks(execute=True):
        product.name = "Moon night"
        product.save()
        cache.set(product_key(product.pk), old)
    assert cached_product(product).name == "Moon night"


def test_missing_value_is_read_again() -> None:
    assert products_cached([4711]) == {}
    product = make_product(name="Later")
    assert cached_product(product).name == "Later"


def revenue_sums(user: Any) -> list[tuple[str, int]]:
    month = month_of(site_today(), "test")
    return [(line.currency, line.gross) for line in revenue_lines(user, month)]


def test_sums_are_cached_until_one_changes(django_assert_num_queries: Any) -> None:
    admin = make_user("admin", is_superuser=True)
    payment_mark_stale(make_payment(timezone.now()))
    revenue_refresh()
    assert revenue_sums(admin) == [("EUR", 1250)]
    with django_assert_num_queries(1):
        assert revenue_sums(admin) == [("EUR", 1250)]
    payment_mark_stale(make_payment(timezone.now()))
    revenue_refresh()
    assert revenue_sums(admin) == [("EUR", 2500)]


def test_sums_for_single_products_are_not_cached() -> None:
    mine = make_product(name="Mine")
    payment_mark_stale(make_payment(timezone.now(), product_key=mine.translation_key, amount=400))
    payment_mark_stale(make_payment(timezone.now(), amount=900))
    revenue_refresh()
    admin, limited = make_user("admin", is_superuser=True), make_user("limited")
    product_grant(right=PAYMENTS, holder=limited, product=mine)
    assert revenue_sums(admin) == [("EUR", 1300)]
    assert revenue_sums(limited) == [("EUR", 400)]
    DailyRevenue.objects.all().delete()
    assert revenue_sums(limited) == []
    assert revenue_sums(make_user("nobody")) == []
