"""Answers API requests: authentication, idempotency keys and faults."""

import json
import re
import time
from dataclasses import dataclass

from . import sessions
from .decoding import decoded
from .differences import REFUSED_PARAMS
from .errors import StripeError, invalid
from .expand import expanded
from .routes import find_route
from .store import LONGEST_PAGE, new_id


@dataclass
class Request:
    """``text`` is the query string of a GET request, or the form of a POST request."""

    method: str
    path: str
    text: str
    headers: dict[str, str]


@dataclass
class Call:
    """The current request, for the ``request`` field of events."""

    id: str
    idempotency_key: str | None


class ConnectionCut(Exception):
    """The connection is closed without a response."""


def answer(fake, request):
    """Return status, headers and body. Raises ConnectionCut."""
    call = Call(new_id("req"), request.headers.get("idempotency-key"))
    live = False
    try:
        live = authenticated(fake, request)
        status, headers, body = run_once(fake, request, call, live)
    except StripeError as error:
        status, headers, body = error.status, error.headers, error.body(call.id, live)
    if fake.faults.take("timeout_after_success", request.method, request.path):
        raise ConnectionCut
    headers = {**headers, "Request-Id": call.id, "Stripe-Version": fake.api_version}
    if call.idempotency_key:
        headers["Idempotency-Key"] = call.idempotency_key
    return status, headers, json.dumps(body, indent=2).encode()


def authenticated(fake, request):
    """Return whether the key is a live key. Raises StripeError for an invalid key."""
    key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if key in fake.publishable_keys:
        raise StripeError(
            403,
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    if key not in fake.keys:
        message = f"Invalid API Key provided: {masked(key)}" if key else "No API key was provided."
        raise StripeError(401, message)
    version = request.headers.get("stripe-version")
    if version != fake.api_version:
        fake.violations.append(f"Stripe-Version: {version}")
        raise invalid(f"Invalid Stripe API version: {version}")
    return fake.keys[key]


def masked(key):
    match = re.match(r"(?:[a-z]+_(?:test|live)_)?", key)
    assert match
    prefix = match[0]
    return prefix + "*" * max(len(key) - len(prefix) - 4, 4) + key[-4:]


def run_once(fake, request, call, live):
    """Run a request, or return the response stored for its idempotency key."""
    if request.method != "post" or not call.idempotency_key:
        return run(fake, request, call, live)
    key = (live, call.idempotency_key)
    with fake.lock:
        replay = fake.idempotency.begin(key, (request.method, request.path, request.text))
    if replay:
        status, headers, body = replay
        return status, {**headers, "Idempotent-Replayed": "true"}, body
    stored, result = False, None
    try:
        result = run(fake, request, call, live)
        stored = True
    except StripeError as error:
        stored, result = error.stored, (error.status, error.headers, error.body(call.id, live))
    finally:
        with fake.lock:
            fake.idempotency.finish(key, result, stored)
    return result


def run(fake, request, call, live):
    """Run a request. Raises StripeError."""
    if fault := fake.faults.take("hang", request.method, request.path):
        time.sleep(fault.options.get("seconds", 1))
    with fake.lock:
        fake.faults.before(request.method, request.path)
        fake.live, fake.call = live, call
        sessions.expire_overdue(fake)
        try:
            body = dispatch(fake, request, call)
        finally:
            fake.call = None
        fake.faults.after(request.method, request.path, body)
    return 200, {}, body


def dispatch(fake, request, call):
    found = find_route(request.method, request.path)
    if found is None:
        fake.violations.append(f"{request.method} {request.path}: unknown to the fake")
        raise StripeError(404, f"Unrecognized request URL ({request.method}: {request.path}).")
    route, reference = found
    params = checked_params(fake, request, route)
    fake.requests.append((request.method, request.path, params, call.idempotency_key))
    objects = []
    if route.kind:
        objects = [fake.store.get(route.kind, reference, fake.live, param_of(route))]
    body = expanded(fake, route.view(fake, params, *objects), params.get("expand", []))
    fake.check_answer(body)
    return body


def param_of(route):
    match = re.search(r"\{(\w+)}", route.path)
    assert match
    return match[1]


def checked_params(fake, request, route):
    """Return the parameters as JSON, and record invalid ones as violations."""
    try:
        for name, reason in REFUSED_PARAMS.get(route.path, {}).items():
            if route.method == "post" and re.search(rf"(^|&){name}(=|%5B|\[)", request.text):
                raise invalid(f"Received unknown parameter: {name}: {reason}.", name)
        params = decoded(request.text, route.method, route.path)
        if not 1 <= params.get("limit", 1) <= LONGEST_PAGE:
            raise invalid("Invalid limit: it must be between 1 and 100.", "limit")
    except StripeError as error:
        fake.violations.append(f"{request.method} {request.path}: {error}")
        raise
    return params
