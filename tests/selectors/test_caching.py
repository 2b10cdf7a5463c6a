"""What is cached is what is in the database, and nothing of anybody's rights."""

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


def shown(product: Any) -> Any:
    return products_cached([product.pk])[product.pk]


def test_a_product_is_read_once(django_assert_num_queries: Any) -> None:
    product = make_product()
    shown(product)
    with django_assert_num_queries(0):
        assert [price.amount for price in shown(product).prices.all()] == [1250]


def test_every_change_is_seen_at_once() -> None:
    product = make_product()
    assert shown(product).name == "Star night"
    product.name = "Moon night"
    product.save()
    assert shown(product).name == "Moon night"
    price = product.prices.get()
    price.amount = 99
    price.save()
    assert shown(product).prices.get().amount == 99
    assert [p.amount for p in shown(product).prices.all()] == [99]
    product.name = "Sun night"
    product.save_revision().publish()
    assert shown(product).name == "Sun night"
    product.unpublish()
    assert not shown(product).live
    pk = product.pk
    product.delete()
    assert products_cached([pk]) == {}


def test_what_somebody_cached_before_the_commit_goes_with_it(
    django_capture_on_commit_callbacks: Any,
) -> None:
    product = make_product()
    old = Product.objects.prefetch_related("prices").get(pk=product.pk)
    with django_capture_on_commit_callbacks(execute=True):
        product.name = "Moon night"
        product.save()
        cache.set(product_key(product.pk), old)
    assert shown(product).name == "Moon night"


def test_what_is_gone_is_asked_for_again(django_assert_num_queries: Any) -> None:
    assert products_cached([4711]) == {}
    product = make_product(name="Later")
    assert shown(product).name == "Later"


def sums(user: Any) -> list[tuple[str, int]]:
    month = month_of(site_today(), "test")
    return [(line.currency, line.gross) for line in revenue_lines(user, month)]


def test_sums_are_kept_until_one_changes(django_assert_num_queries: Any) -> None:
    admin = make_user("admin", is_superuser=True)
    payment_mark_stale(make_payment(timezone.now()))
    revenue_refresh()
    assert sums(admin) == [("EUR", 1250)]
    with django_assert_num_queries(1):
        assert sums(admin) == [("EUR", 1250)]
    payment_mark_stale(make_payment(timezone.now()))
    revenue_refresh()
    assert sums(admin) == [("EUR", 2500)]


def test_sums_of_single_products_are_never_cached() -> None:
    mine = make_product(name="Mine")
    payment_mark_stale(make_payment(timezone.now(), product_key=mine.translation_key, amount=400))
    payment_mark_stale(make_payment(timezone.now(), amount=900))
    revenue_refresh()
    admin, limited = make_user("admin", is_superuser=True), make_user("limited")
    product_grant(right=PAYMENTS, holder=limited, product=mine)
    assert sums(admin) == [("EUR", 1300)]
    assert sums(limited) == [("EUR", 400)]
    DailyRevenue.objects.all().delete()
    assert sums(limited) == []
    assert sums(make_user("nobody")) == []
