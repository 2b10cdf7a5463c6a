"""Events: what changed, as it was then. https://docs.stripe.com/api/events."""

import json
import time
import urllib.error
import urllib.request

from stripe import WebhookSignature

from .store import new_id, public

WAITS = (0, 0.2, 0.5, 1, 2)
PATIENCE = 5


def tell(fake, type, thing, previous=None):
    """Note that ``thing`` changed; a snapshot is taken now and stays as it is."""
    snapshot = public(thing)
    fake.check_answer(snapshot)
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": fake.api_version,
        "created": fake.clock.now(),
        "data": {"object": snapshot},
        "livemode": thing["_live"],
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
    fake.store.add(event, thing["_live"])
    fake.postman.send(event)
    return event


def signed(body, secrets, at=None):
    """Return the headers that prove a body, signed with every secret, at the time ``at``."""
    at = int(time.time() if at is None else getattr(at, "timestamp", lambda: at)())
    payload = body.decode("utf-8", "surrogateescape")
    headers = [WebhookSignature.generate_signature_header(payload, one, at) for one in secrets]
    proofs = [header.partition(",")[2] for header in headers]
    return {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": ",".join([f"t={at}", *proofs]),
    }


def written(event):
    return json.dumps(public(event), indent=2).encode()


def post(url, body, secrets):
    """Return whether the endpoint took it."""
    headers = {**signed(body, secrets), "User-Agent": "Stripe/1.0"}
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status < 300
    except (OSError, urllib.error.HTTPError) as error:
        if hasattr(error, "close"):
            error.close()
        return False
