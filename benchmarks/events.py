"""Creates events of the sandbox."""

import json
from uuid import uuid4


def event_body(checkout: str = "") -> str:
    """Return a new event's body; without ``checkout``, its checkout is unknown."""
    checkout = checkout or f"sbx_cs_{uuid4().hex}"
    return json.dumps(
        {
            "id": f"sbx_evt_{uuid4().hex}",
            "object": "event",
            "type": "checkout.completed",
            "created": 1,
            "livemode": False,
            "api_version": "2026-11-01",
            "data": {
                "checkout": checkout,
                "payment": f"pay_{checkout}",
                "state": "succeeded",
                "metadata": {"app": "wagtail-payments", "site": "1", "payment": str(uuid4())},
            },
        }
    )
