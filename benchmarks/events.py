"""Events as the sandbox sends them."""

import json
from uuid import uuid4


def event_body(checkout: str = "") -> str:
    """Return a new event; without ``checkout``, it is about an unknown checkout."""
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
