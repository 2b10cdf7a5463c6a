"""schemathesis sends requests that the OpenAPI schema allows or forbids, and checks the responses.

``WAGTAIL_PAYMENTS_TEST_EXAMPLES`` is the number of requests per operation.
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
    # Placements are signed, so generated ones are always refused.
    "config": ["positive_data_acceptance"],
    "checkout": ["positive_data_acceptance"],
    # The real session replaces the generated one. Another test covers requests without a session.
    "history": ["ignored_auth"],
}


class World:
    """A site with products, and a user who can see all payments."""

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

    def send(self, case):
        """Send a request with credentials, and compare the response with the schema."""
        name = case.operation.definition.raw["operationId"]
        excluded = [CHECKS.get_one(check) for check in EXCLUDED.get(name, [])]
        case.call_and_validate(**self.credentials(name, case), excluded_checks=excluded)

    def credentials(self, name, case):
        """Return the credentials, unless the request must not have them."""
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
    """The site. Requests keep the database connection open, as with Django's test client."""
    request_signals, site = (signals.request_started, signals.request_finished), World()
    for signal in request_signals:
        signal.disconnect(close_old_connections)
    yield site
    for signal in request_signals:
        signal.connect(close_old_connections)


@SCHEMA.parametrize()
@BOUNDED
def test_every_operation(case, world):
    world.send(case)


WITH_PATH_PARAMETERS = [
    operation.ok()
    for operation in SCHEMA.get_all_operations()
    if len(operation.ok().path_parameters)
]


@pytest.mark.parametrize("operation", WITH_PATH_PARAMETERS, ids=lambda operation: operation.label)
def test_operations_with_an_existing_payment(operation, world):
    values = {"token": payment_token(world.payment), "payment_id": str(world.payment.public_id)}
    names = {parameter.name for parameter in operation.path_parameters}
    strategy = operation.as_strategy(path_parameters={name: values[name] for name in names})

    @BOUNDED
    @given(case=strategy)
    def check(case):
        world.send(case)

    check()
