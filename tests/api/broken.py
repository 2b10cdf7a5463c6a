"""A provider that raises an unexpected exception."""

from wagtail_payments.sandbox.provider import SandboxProvider


class BrokenProvider(SandboxProvider):
    def frontend(self):
        raise RuntimeError("a fault")
