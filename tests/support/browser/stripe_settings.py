"""Settings of the site with Stripe's fake, whose URL is in the environment."""

import os

from tests.support.browser.settings import *  # noqa: F403
from tests.support.browser.settings import WAGTAIL_PAYMENTS

FAKE = os.environ["WAGTAIL_PAYMENTS_TEST_ORIGIN"]
WAGTAIL_PAYMENTS["PROVIDER"] = "stripe"
WAGTAIL_PAYMENTS["PROVIDERS"]["stripe"] = {
    "CLASS": "wagtail_payments.providers.stripe.StripeProvider",
    "OPTIONS": {
        "secret_key": "sk_test_fake",
        "publishable_key": "pk_test_fake",
        "webhook_secrets": ["whsec_of_the_browser_tests"],
        "api_base": FAKE,
        "stripe_js": f"{FAKE}/stripe.js",
    },
}
