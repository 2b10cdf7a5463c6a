"""A buyer that retries failed requests with the same attempt key."""

import json
from urllib.error import HTTPError
from urllib.parse import urlencode
from uuid import uuid4

from example_site.demo.journey import CARD
from example_site.demo.visitor import Visitor, attribute
from tests.resilience.cluster.site import retry

API = "/payments/api"
BANK = {"method": "bank_debit"}


class Buyer(Visitor):
    """A visitor with one attempt key."""

    def __init__(self, base_url):
        super().__init__(base_url)
        self.attempt_key = str(uuid4())

    def buy(self, path, *, pays=True):
        """Pay for the product on the page at ``path``; return the payment's status URL."""
        page = retry(lambda: self.page(path))
        offer = {
            "placement": attribute(page, r'data-placement="([^"]+)"'),
            "price_key": attribute(page, r'name="price_key" value="([^"]+)"'),
        }
        started = retry(lambda: self.start(**offer))
        if pays:
            self.pay(started)
        return started["payment"]["status_url"]

    def config(self, placement):
        """Fetch the block's configuration, which also sets the CSRF cookie."""
        return self.json(f"{API}/config/?{urlencode({'placement': placement})}")

    def start(self, *, placement, price_key, csrf_token=None):
        order = {
            "placement": placement,
            "price_key": price_key,
            "email": "zoe@example.org",
            "attempt_key": self.attempt_key,
            "ui": "inline",
        }
        token = csrf_token or self.config(placement)["csrf_token"]
        return self.post_json(f"{API}/checkouts/", order, token)

    def try_to_start(self, **offer):
        """Return the status and content of the response, without retrying a refusal."""
        try:
            return 201, self.start(**offer)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def pay(self, started, data=CARD):
        """Confirm the payment in the company's frame."""
        frame = started["client"]["frame_url"]
        page = retry(lambda: self.post_form(frame, data))
        assert 'data-outcome="complete"' in page, page
