"""Two staff refund the last euro at the same moment: one wins, the other is told."""

from threading import Barrier
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from example_site.demo.visitor import Visitor, attribute
from tests.company import pay
from tests.factories import make_product, make_site, reload, start
from tests.resilience.deeds import PASSWORD
from tests.resilience.sizes import REFUND_RACES
from wagtail_payments.enums import EventSource
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.sandbox.models import Refund as TheirRefund
from wagtail_payments.services.payments import payment_apply
from wagtail_payments.services.refunds import refund_create, refund_send

NAMES = ("tess", "theo")
REFUNDED, TOLD = "Refunded: €1.00.", "All of it has been refunded already."
EURO = 100


@pytest.fixture(scope="module")
def two(site):
    """Two browsers, each signed in as somebody else."""
    visitors = []
    for name in NAMES:
        site.do("staff", username=name)
        visitor = Visitor(site.url)
        data = {"username": name, "password": PASSWORD, "next": "/admin/"}
        token = csrf_token(visitor.page("/admin/login/"))
        visitor.post_form("/admin/login/", {**data, "csrfmiddlewaretoken": token})
        visitors.append(visitor)
    return visitors


def csrf_token(page):
    return attribute(page, r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.mark.parametrize("race", range(REFUND_RACES))
def test_over_http(site, two, race):
    payment = site.do("last_euro")
    forms = [visitor.page(payment["url"]) for visitor in two]
    gate = Barrier(len(two))

    def refund(visitor, form):
        data = {
            "csrfmiddlewaretoken": csrf_token(form),
            "key": attribute(form, r'name="key" value="([^"]+)"'),
            "amount": "1.00",
            "reason": "duplicate",
        }
        gate.wait()
        return visitor.post_form(payment["url"], data)

    with ThreadPoolExecutor(len(two)) as pool:
        pages = list(pool.map(refund, two, forms))
    assert sorted((REFUNDED in page, TOLD in page) for page in pages) == [
        (False, True),
        (True, False),
    ]
    books = site.do("refunds", reference=payment["reference"])
    assert books["ours"] == [["succeeded", 1150], ["succeeded", EURO]]
    assert books["theirs"] == [1150, EURO]
    assert books["refunded"] == 1250
    assert books["asked"] == 2


@pytest.mark.django_db(transaction=True)
def test_two_connections():
    make_site()
    payment = start(make_product(prices=[{"amount": EURO}])).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    gate = Barrier(2)

    def refund(number):
        try:
            gate.wait()
            made = refund_create(
                payment_id=payment.pk, key=uuid4(), amount=EURO, reason="duplicate", actor=None
            )
            return refund_send(refund_id=made.pk).refund.status
        except StaffRefused as refused:
            return refused.message
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(refund, range(2))) == {"succeeded", TOLD}
    assert reload(payment).refunded_amount == EURO
    assert payment.refunds.count() == TheirRefund.objects.count() == 1
