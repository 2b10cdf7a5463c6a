"""The site with Stripe's fake, which runs in the test process."""

from tests.support.browser.server import Site
from tests.support.stripe_fake import StripeFake


class StripeSite(Site):
    """Faults are armed in the fake."""

    settings = "tests.support.browser.stripe_settings"
    hosted = "**/pay/cs_test_*"
    # Stripe.js returns a message without a code.
    unconfirmed = "unable to authenticate"

    def __init__(self, folder):
        self.fake = StripeFake(settle_after=1).start()
        super().__init__(folder)
        self.environment["WAGTAIL_PAYMENTS_TEST_ORIGIN"] = self.fake.url
        endpoint = f"{self.url}/payments/webhooks/stripe/"
        self.fake.endpoint = (endpoint, ["whsec_of_the_browser_tests"])

    def fault(self, kind):
        self.fake.fault(kind, "/v1/checkout/sessions", method="post")

    def stop(self):
        super().stop()
        self.fake.stop()
        assert self.fake.violations == []
