"""Two staff refund the last euro at the same moment: one wins, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from example_site.demo.visitor import Visitor, attribute
from tests.resilience.cluster.actions import PASSWORD
from tests.resilience.sizes import REFUND_RACES

pytestmark = [pytest.mark.db, pytest.mark.slow]

NAMES = ("tess", "theo")
REFUNDED, TOLD = "Refunded: €1.00.", "The payment has already been fully refunded."


@pytest.fixture(scope="module")
def two(site):
    """Two browsers, each signed in as somebody else."""
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


def refunded_once(site, payment):
    books = site.perform("refunds", reference=payment["reference"])
    assert books["ours"] == [["succeeded", 1150], ["succeeded", 100]]
    assert books["theirs"] == [1150, 100]
    assert books["refunded"] == 1250
    assert books["asked"] == 2


@pytest.mark.parametrize("race", range(REFUND_RACES))
def test_over_http(site, two, race):
    payment = site.perform("last_euro")
    forms = [visitor.page(payment["url"]) for visitor in two]
    api_view = Barrier(len(two))

    def refund(visitor, form):
        data = {
            "csrfmiddlewaretoken": csrf_token(form),
            "key": attribute(form, r'name="key" value="([^"]+)"'),
            "amount": "1.00",
            "reason": "duplicate",
        }
        api_view.wait()
        return visitor.post_form(payment["url"], data)

    with ThreadPoolExecutor(len(two)) as pool:
        pages = list(pool.map(refund, two, forms))
    assert sorted((REFUNDED in page, TOLD in page) for page in pages) == [
        (False, True),
        (True, False),
    ]
    refunded_once(site, payment)


@pytest.mark.parametrize("race", range(REFUND_RACES))
def test_two_connections(site, race):
    """The service alone, without a form that looks first."""
    payment = site.perform("last_euro")
    said = site.perform("refund_twice", reference=payment["reference"])
    assert sorted(said) == [TOLD, "succeeded"]
    refunded_once(site, payment)
