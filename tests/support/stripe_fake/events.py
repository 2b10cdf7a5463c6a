"""Events: https://docs.stripe.com/api/events."""

import json
import time
import urllib.error
import urllib.request

from stripe import WebhookSignature

from .store import new_id, public

WAITS = (0, 0.2, 0.5, 1, 2)
TIMEOUT = 5


def emit(fake, type, obj, previous=None):
    """Create and send an event with a snapshot of ``obj``."""
    snapshot = public(obj)
    fake.check_answer(snapshot)
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": fake.api_version,
        "created": fake.clock.now(),
        "data": {"object": snapshot},
        "livemode": obj["_live"],
        "pending_webhooks": 1 if fake.endpoint else 0,
        "request": {
            "id": fake.call.id if fake.call else None,
            "idempotency_key": fake.call.idempotency_key if fake.call else None,
        },
        "type": type,
        "_delivered": not fake.endpoint,
    }
    if previous is not None:
        event["data"]["previous_attributes"] = previous
    fake.store.add(event, obj["_live"])
    fake.webhook_sender.send(event)
    return event


def signed_headers(body, secrets, at=None):
    """Return the headers of a body, signed with every secret at the time ``at``."""
    at = int(time.time() if at is None else getattr(at, "timestamp", lambda: at)())
    payload = body.decode("utf-8", "surrogateescape")
    headers = [WebhookSignature.generate_signature_header(payload, one, at) for one in secrets]
    signatures = [header.partition(",")[2] for header in headers]
    return {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": ",".join([f"t={at}", *signatures]),
    }


def serialized(event):
    return json.dumps(public(event), indent=2).encode()


def post(url, body, secrets):
    """Return whether the endpoint accepted the event."""
    headers = {**signed_headers(body, secrets), "User-Agent": "Stripe/1.0"}
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return answer.status < 300
    except (OSError, urllib.error.HTTPError) as error:
        if hasattr(error, "close"):
            error.close()
        return False
