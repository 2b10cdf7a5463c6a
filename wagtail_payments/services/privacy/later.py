"""What comes in about a payment after its payer was erased."""

from django.db.models import Q

from ...models import Payment, WebhookEvent

_BATCH = 500


def erased_payloads_remove() -> int:
    """Remove payloads of events about payments whose payer was erased; return how many."""
    erased = Payment.objects.filter(erased_at__isnull=False).order_by()
    about = Q(payment__in=erased.values("pk"))
    for name in ("checkout_reference", "payment_reference"):
        about |= Q(**{f"{name}__in": erased.exclude(**{name: None}).values(name)})
    events = WebhookEvent.objects.exclude(body=b"").filter(about)
    pks = list(events.values_list("pk", flat=True))
    for first in range(0, len(pks), _BATCH):
        some = WebhookEvent.objects.filter(pk__in=pks[first : first + _BATCH])
        some.update(body=b"", last_error="")
    return len(pks)
