"""The webhook endpoint. A 2xx means that the event is stored."""

import logging

from django.db import Error as AnyDatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wagtail_payments.conf import payments_conf
from wagtail_payments.http.decorators import unguarded
from wagtail_payments.providers.exceptions import ProviderMisconfigured, SignatureInvalid
from wagtail_payments.services.webhooks.inbox import webhook_receive
from wagtail_payments.tasks import enqueue_webhook

logger = logging.getLogger(__name__)


@unguarded
@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Verify the raw bytes, store the event once, enqueue it, and answer 200.

    400 for an invalid signature, 404 for an unknown provider, 413 for a body that is too large, 503 if the
    database cannot store it: the provider then tries again.
    """
    conf = payments_conf()
    if provider not in conf.PROVIDERS:
        raise Http404
    body = _body(request, conf.WEBHOOK_MAXIMUM_BYTES)
    if body is None:
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    try:
        event_id = webhook_receive(
            provider_alias=provider, body=body, headers=request.headers, now=timezone.now()
        )
    except SignatureInvalid:
        return HttpResponse("The signature isn't valid.", status=400, content_type="text/plain")
    except (AnyDatabaseError, ProviderMisconfigured):
        logger.exception("A webhook of %s can't be stored.", provider)
        return HttpResponse("Try again later.", status=503, content_type="text/plain")
    if event_id is not None:
        enqueue_webhook(event_id)
    return HttpResponse("Stored.", content_type="text/plain")


def _body(request: HttpRequest, most: int) -> bytes | None:
    """Return the raw body, None if it is too large."""
    body = request.read(most + 1)
    return body if len(body) <= most else None
