"""The least that an endpoint does for its events to be there once: check the same HMAC, insert one row.

It knows one provider, reads nothing but the event's name, and hands nothing to a queue.
"""

import json

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from benchmarks.bare.models import BareEvent
from wagtail_payments.sandbox.signing import HEADER, signature_valid


@csrf_exempt
@require_POST
@transaction.non_atomic_requests
def bare(request: HttpRequest) -> HttpResponse:
    header = request.headers.get(HEADER, "")
    secrets = [settings.BENCH_SECRET]
    if not signature_valid(request.body, header, secrets=secrets, now=timezone.now()):
        return HttpResponse(status=400)
    event = json.loads(request.body)
    BareEvent.objects.create(event_id=event["id"], type=event["type"], body=request.body)
    return HttpResponse("Stored.", content_type="text/plain")
