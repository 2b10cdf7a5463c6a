"""What a test does behind the visitors' backs, in the server's own process."""

import json
from datetime import timedelta

from django.apps import apps
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from wagtail_payments.models import Payment, Price, Receipt
from wagtail_payments.sandbox.services.faults import fault_arm


def payments(title):
    found = Payment.objects.filter(title=title).order_by("pk")
    return [{"status": payment.status, "amount": payment.amount} for payment in found]


def price(title, amount):
    return Price.objects.filter(product__name=title).update(amount=amount)


def sell_out(title):
    return Price.objects.filter(product__name=title).update(stock=0)


def over(title):
    return Price.objects.filter(product__name=title).update(sold_until=timezone.now())


def age_receipts(title, days):
    """Let the receipts of payments for ``title`` be so many days old."""
    issued_at = timezone.now() - timedelta(days=days)
    return Receipt.objects.filter(payment__title=title).update(issued_at=issued_at)


def fault(kind, times=1):
    fault_arm(kind, times=times)


def everything():
    """Return all that the database holds of ours, as text."""
    ours = [model for model in apps.get_models() if "wagtail_payments" in model.__module__]
    return "\n".join(str(row) for model in ours for row in model._default_manager.values())


ACTIONS = {
    action.__name__: action
    for action in (payments, price, sell_out, over, age_receipts, fault, everything)
}


@csrf_exempt
def control(request):
    order = json.loads(request.body)
    return JsonResponse({"answer": ACTIONS[order.pop("do")](**order)})
