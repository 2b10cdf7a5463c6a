"""Two users refund the last euro at the same time: one succeeds, the other is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from example_site.demo.visitor import Visitor, attribute
from tests.resilience.cluster.actions import PASSWORD
from tests.resilience.sizes import REFUND_RACES

pytestmark = [pytest.mark.db, pytest.mark.slow]

NAMES = ("tess", "theo")
REFUNDED, REFUSED = "Refunded: €1.00.", "The payment has already been fully refunded."


@pytest.fixture(scope="module")
def visitors(site):
    """Two visitors, signed in as different users."""
    visitors = []
    for name in NAMES:
        site.perform("staff", username=name)
        visitor = Visitor(site.url)
        data = {"username": name, "password": PASSWORD, "next": "/admin/"}
        token = csrf_token(visitor.page("/admin/login/"))
        visitor.post_form("/admin/login/", {**data, "csrfmiddlewaretoken": token})
        visitors.append(visitor)
    return visitors


def csrf_token(page):
    return attribute(page, r'name="csrfmiddlewaretoken" value="([^"]+)"')


def assert_refunded_once(site, payment):
    refunds = site.perform("refunds", reference=payment["reference"])
    assert refunds["local"] == [["succeeded", 1150], ["succeeded", 100]]
    assert refunds["sandbox"] == [1150, 100]
    assert refunds["refunded"] == 1250
    assert refunds["requested"] == 2


@pytest.mark.parametrize("race", range(REFUND_RACES))
def test_over_http(site, visitors, race):
    payment = site.perform("last_euro")
    forms = [visitor.page(payment["url"]) for visitor in visitors]
    barrier = Barrier(len(visitors))

    def refund(visitor, form):
        data = {
            "csrfmiddlewaretoken": csrf_token(form),
            "key": attribute(form, r'name="key" value="([^"]+)"'),
            "amount": "1.00",
            "reason": "duplicate",
        }
        barrier.wait()
        return visitor.post_form(payment["url"], data)

    with ThreadPoolExecutor(len(visitors)) as pool:
        pages = list(pool.map(refund, visitors, forms))
    assert sorted((REFUNDED in page, REFUSED in page) for page in pages) == [
        (False, True),
        (True, False),
    ]
    assert_refunded_once(site, payment)


@pytest.mark.parametrize("race", range(REFUND_RACES))
def test_two_connections(site, race):
    """The service, without the form's validation."""
    payment = site.perform("last_euro")
    results = site.perform("refund_twice", reference=payment["reference"])
    assert sorted(results) == [REFUSED, "succeeded"]
    assert_refunded_once(site, payment)
