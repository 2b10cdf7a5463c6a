"""After all the journeys: no card number, security code or key is in any log or row."""

import re

from playwright.sync_api import expect

from tests.browser.test_journeys import DECLINING
from tests.support.browser.acting import CHALLENGED, GOOD, order, pay, result

CODE = re.compile(r"(cvc|security.code)\W{1,8}\d{3}", re.IGNORECASE)
KEYS = ("sk_test_", "sk_live_", "whsec_")


def test_nothing_secret_is_left(visit, site):
    page = visit("/ticket/")
    order(page)
    pay(page)
    expect(result(page)).to_contain_text("Success")
    left = site.logs() + site.perform("everything")
    assert "/payments/api/checkouts/" in left
    assert "'status': 'succeeded'" in left
    for number in (GOOD, CHALLENGED, *DECLINING):
        assert number not in left
        assert number.replace(" ", "") not in left
    assert CODE.search(left) is None
    assert [key for key in KEYS if key in left] == []
