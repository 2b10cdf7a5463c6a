"""A visitor's browser that doesn't give up: what fails is sent again, with the same attempt key."""

import json
from urllib.error import HTTPError
from urllib.parse import urlencode
from uuid import uuid4

from example_site.demo.journey import CARD
from example_site.demo.visitor import Visitor, attribute
from tests.resilience.cluster.site import persist

API = "/payments/api"
BANK = {"method": "bank_debit"}


class Buyer(Visitor):
    """Somebody with an empty cookie jar, and one attempt key."""

    def __init__(self, base_url):
        super().__init__(base_url)
        self.attempt_key = str(uuid4())

    def buy(self, path, *, pays=True):
        """Pay for what the page at ``path`` sells; return the payment's own address."""
        page = persist(lambda: self.page(path))
        offer = {
            "placement": attribute(page, r'data-placement="([^"]+)"'),
            "price_key": attribute(page, r'name="price_key" value="([^"]+)"'),
        }
        started = persist(lambda: self.start(**offer))
        if pays:
            self.pay(started)
        return started["payment"]["status_url"]

    def enter(self, placement):
        """Ask what the page asks when it is shown; that gives the CSRF cookie."""
        return self.json(f"{API}/config/?{urlencode({'placement': placement})}")

    def start(self, *, placement, price_key, csrf_token=None):
        order = {
            "placement": placement,
            "price_key": price_key,
            "email": "zoe@example.org",
            "attempt_key": self.attempt_key,
            "ui": "inline",
        }
        token = csrf_token or self.enter(placement)["csrf_token"]
        return self.post_json(f"{API}/checkouts/", order, token)

    def try_to_start(self, **offer):
        """Return the answer's status and content: a refusal's too, which isn't tried again."""
        try:
            return 201, self.start(**offer)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def pay(self, started, how=CARD):
        """Confirm in the company's frame until it says that it is done."""
        frame = started["client"]["frame_url"]
        page = persist(lambda: self.post_form(frame, how))
        assert 'data-outcome="complete"' in page, page
