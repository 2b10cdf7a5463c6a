"""No card number, security code or key is in logs or database rows."""

import re

from playwright.sync_api import expect

from tests.browser.test_journeys import DECLINED_CARDS
from tests.support.browser.actions import CHALLENGED, GOOD, order, pay, result

CODE = re.compile(r"(cvc|security.code)\W{1,8}\d{3}", re.IGNORECASE)
KEYS = ("sk_test_", "sk_live_", "whsec_")


def test_no_secrets_in_logs_or_rows(visit, site):
    page = visit("/ticket/")
    order(page)
    pay(page)
    expect(result(page)).to_contain_text("Success")
    text = site.logs() + site.perform("everything")
    assert "/payments/api/checkouts/" in text
    assert "'status': 'succeeded'" in text
    for number in (GOOD, CHALLENGED, *DECLINED_CARDS):
        assert number not in text
        assert number.replace(" ", "") not in text
    assert CODE.search(text) is None
    assert [key for key in KEYS if key in text] == []
