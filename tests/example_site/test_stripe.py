"""The example site uses Stripe if its keys are in the environment."""

import json
import shutil
from urllib.parse import urlencode

import pytest

from example_site.demo.visitor import Visitor, attribute
from tests.example_site.conftest import Demo
from tests.support.ports import free_port
from tests.support.stripe_fake import StripeFake

pytestmark = pytest.mark.slow

KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_fake",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_fake",
    "STRIPE_WEBHOOK_SECRETS": "whsec_old, whsec_new",
}
SHOW = """
import json
from django.conf import settings
from wagtail_payments.providers.registry import get_provider
provider = get_provider()
secrets = provider.options.webhook_secrets
print(json.dumps([provider.alias, provider.live, [each.reveal() for each in secrets]]))
print(json.dumps(sorted(settings.WAGTAIL_PAYMENTS["PROVIDERS"])))
"""


@pytest.fixture
def stripe(monkeypatch):
    fake = StripeFake().start()
    for name, value in {**KEYS, "STRIPE_API_BASE": fake.url}.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.stop()
    assert fake.violations == []


def configuration(folder):
    done = Demo(folder, free_port()).run("shell", "--verbosity", "0", "-c", SHOW)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_environment_sets_stripe_as_the_provider(stripe, tmp_path):
    provider, aliases = configuration(tmp_path)
    assert provider == ["stripe", False, ["whsec_old", "whsec_new"]]
    assert aliases == ["offline", "sandbox", "stripe"]


def test_missing_keys_are_reported(monkeypatch, tmp_path):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_fake")
    done = Demo(tmp_path, free_port()).run("check")
    assert done.returncode == 1
    assert "wagtail_payments.E004" in done.stderr
    assert "publishable_key" in done.stderr
    assert "sk_test_fake" not in done.stdout + done.stderr


def test_demo_with_stripe(demo, stripe, tmp_path):
    shutil.copytree(demo.var, tmp_path / "var")
    demo = Demo(tmp_path / "var", free_port()).start()
    try:
        assert f"{demo.url}/payments/webhooks/stripe/" in demo.output
        assert "receipt:" not in demo.output
        visitor = Visitor(demo.url)
        page = visitor.page("/plant-a-tree/")
        assert "TEST MODE" in page
        placement = attribute(page, r'data-placement="([^"]+)"')
        config_url = attribute(page, r'data-config="([^"]+)"')
        config = visitor.json(f"{config_url}?{urlencode({'placement': placement})}")
        order = {
            "placement": placement,
            "price_key": attribute(page, r'name="price_key" value="([^"]+)"'),
            "amount": "25.00",
            "shown_amount": 2500,
            "email": "first.visitor@example.org",
            "attempt_key": "8f2b1a0e-5c55-4bb4-a5a0-8c9a4f3f1b11",
            "ui": "inline",
        }
        url = attribute(page, r'data-start="([^"]+)"')
        started = visitor.post_json(url, order, config["csrf_token"])
        assert started["client"]["publishable_key"] == "pk_test_fake"
    finally:
        demo.process.terminate()
        demo.process.communicate(timeout=30)
