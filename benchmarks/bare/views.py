"""Minimal webhook endpoints: they verify the same HMAC and insert a row, without a queue."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from benchmarks.bare.models import BareBytes, BareEvent
from wagtail_payments.sandbox.signing import HEADER, signature_valid


def _endpoint(insert: Callable[[bytes], Any]) -> Callable[[HttpRequest], HttpResponse]:
    @csrf_exempt
    @require_POST
    @transaction.non_atomic_requests
    def view(request: HttpRequest) -> HttpResponse:
        header = request.headers.get(HEADER, "")
        secrets = [settings.BENCH_SECRET]
        if not signature_valid(request.body, header, secrets=secrets, now=timezone.now()):
            return HttpResponse(status=400)
        insert(request.body)
        return HttpResponse("Stored.", content_type="text/plain")

    return view


def _insert_event(body: bytes) -> None:
    event = json.loads(body)
    BareEvent.objects.create(event_id=event["id"], type=event["type"], body=body)


def _insert_bytes(body: bytes) -> None:
    BareBytes.objects.create(body=body)


bare_event = _endpoint(_insert_event)
bare_bytes = _endpoint(_insert_bytes)
