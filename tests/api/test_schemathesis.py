"""schemathesis asks for all that our own document allows and forbids: no fault, every answer as described.

``WAGTAIL_PAYMENTS_TEST_EXAMPLES`` says how many times each operation is asked.
"""

import os

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation

from tests.api.test_app import config
from tests.api.test_products import sell
from tests.support.api import API
from tests.support.factories import make_donation, make_product, make_site, start
from tests.support.tokens import bearer, make_staff, make_token
from tests.views.test_history import buy
from wagtail_payments.enums import ApiScope
from wagtail_payments.selectors.payments.tokens import payment_token

EXAMPLES = int(os.environ.get("WAGTAIL_PAYMENTS_TEST_EXAMPLES") or 8)

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

load_all_checks()
SCHEMA = schemathesis.openapi.from_wsgi(
    f"{API}openapi.json",
    WSGIHandler(),
    config=schemathesis.config.SchemathesisConfig.from_dict({"seed": 5}),
)
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
EXCLUDED = {
    # A placement is signed: no made-up one is accepted, however well it is formed.
    "config": ["positive_data_acceptance"],
    "checkout": ["positive_data_acceptance"],
    # Our own session replaces the one that was made up. Another test asks without.
    "history": ["ignored_auth"],
}


class World:
    """A site with something to sell, and somebody who may see it all."""

    def __init__(self):
        make_site()
        owner = make_staff(
            "kim", "add_apitoken", "view_payment", "view_payer", "export_payment", "view_product"
        )
        product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
        sell(product, make_donation())
        self.payment = buy(owner)
        start(product)
        browser = Client()
        browser.force_login(owner)
        csrf = config(browser, product).json()["csrf_token"]
        self.session = {name: morsel.value for name, morsel in browser.cookies.items()}
        self.csrf = {"X-CSRFToken": csrf, "Referer": "http://localhost/"}
        self.token = bearer(make_token(owner, *ApiScope.values))

    def ask(self, case):
        """Send a request as somebody who may, and compare the answer with what the document says."""
        name = case.operation.definition.raw["operationId"]
        excluded = [CHECKS.get_one(check) for check in EXCLUDED.get(name, [])]
        case.call_and_validate(**self.credentials(name, case), excluded_checks=excluded)

    def credentials(self, name, case):
        """Return what lets in, but where a request is to be without."""
        headers, cookies = {}, {}
        if name.startswith("staff"):
            headers = self.token
        elif case.method == "POST":
            headers, cookies = self.csrf, self.session
        elif name == "history":
            cookies = self.session
        if case.meta.is_negative_at(ParameterLocation.HEADER):
            headers = {}
        if case.meta.is_negative_at(ParameterLocation.COOKIE):
            cookies = {}
        return {"headers": headers, "cookies": cookies}


@pytest.fixture
def world(db):
    """The site; its connection stays, as Django's own client for tests has it."""
    around, made = (signals.request_started, signals.request_finished), World()
    for signal in around:
        signal.disconnect(close_old_connections)
    yield made
    for signal in around:
        signal.connect(close_old_connections)


@SCHEMA.parametrize()
@BOUNDED
def test_every_operation(case, world):
    world.ask(case)


NAMED = [
    operation.ok()
    for operation in SCHEMA.get_all_operations()
    if len(operation.ok().path_parameters)
]


@pytest.mark.parametrize("operation", NAMED, ids=lambda operation: operation.label)
def test_a_payment_that_there_is(operation, world):
    named = {"token": payment_token(world.payment), "payment_id": str(world.payment.public_id)}
    names = {parameter.name for parameter in operation.path_parameters}
    strategy = operation.as_strategy(path_parameters={name: named[name] for name in names})

    @BOUNDED
    @given(case=strategy)
    def asked(case):
        world.ask(case)

    asked()
