"""A provider with a fault in its program."""

from wagtail_payments.sandbox.provider import SandboxProvider


class BrokenProvider(SandboxProvider):
    def frontend(self):
        raise RuntimeError("a fault")
