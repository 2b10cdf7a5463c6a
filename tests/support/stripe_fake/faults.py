"""Faults that tests can arm."""

import fnmatch
import threading
from dataclasses import dataclass, field
from typing import Any

from .errors import StripeError, refused

KINDS = (
    "rate_limit", "error_500", "timeout_after_success", "hang", "drop_field", "unknown_fields",
    "new_enum", "refused_refund",
)  # fmt: skip


@dataclass
class Fault:
    """``path`` may contain ``*``; ``method`` is "" for any; ``options`` depend on the kind."""

    kind: str
    path: str
    method: str
    times: int
    options: dict[str, Any] = field(default_factory=dict)

    def matches(self, method, path):
        return self.method in ("", method) and fnmatch.fnmatchcase(path, self.path)


class Faults:
    def __init__(self):
        self.armed = []
        self.lock = threading.Lock()

    def arm(self, kind, path="/v1/*", *, method="", times=1, **options):
        if kind not in KINDS:
            raise ValueError(f"Unknown fault: {kind}")
        self.armed.append(Fault(kind, path, method.lower(), times, options))

    def take(self, kind, method, path):
        """Use up and return a fault that is armed for this request, if there is one."""
        with self.lock:
            matching = (f for f in self.armed if f.kind == kind and f.matches(method, path))
            if fault := next(matching, None):
                fault.times -= 1
                if not fault.times:
                    self.armed.remove(fault)
            return fault

    def clear(self):
        self.armed.clear()

    def before(self, method, path):
        """Raise the error that is armed for this request."""
        if self.take("rate_limit", method, path):
            raise StripeError(
                429,
                "Too many requests made to the API too quickly.",
                code="rate_limit",
                headers={"Stripe-Rate-Limited-Reason": "endpoint-rate"},
            )
        if self.take("error_500", method, path):
            raise StripeError(500, "An unknown error occurred.", type="api_error", stored=True)
        refund = (method, path) == ("post", "/v1/refunds")
        if refund and (fault := self.take("refused_refund", method, path)):
            code = fault.options.get("code", "charge_not_refundable")
            raise refused("This charge can't be refunded.", code=code)

    def after(self, method, path, answer):
        """Change a response as armed for this request."""
        if fault := self.take("drop_field", method, path):
            change(answer, fault.options["field"], lambda node, name: node.pop(name, None))
        if self.take("unknown_fields", method, path):
            answer.update(quantum_state="both", entanglements=[{"object": "cat"}])
        if fault := self.take("new_enum", method, path):
            value = fault.options.get("value", "never_heard_of")
            name = fault.options.get("field", "status")
            change(answer, name, lambda node, name: node.update({name: value}))


def change(node, path, action):
    """Run ``action`` at a dotted path; in a list, for each of its items."""
    first, _, rest = path.partition(".")
    if isinstance(node, list):
        for item in node:
            change(item, path, action)
    elif not rest:
        action(node, first)
    elif node.get(first) is not None:
        change(node[first], rest, action)
