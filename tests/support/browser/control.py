"""Actions that tests run in the server's process."""

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


def age_receipts(title, days):
    """Make the receipts of payments for ``title`` ``days`` days old."""
    issued_at = timezone.now() - timedelta(days=days)
    return Receipt.objects.filter(payment__title=title).update(issued_at=issued_at)


def fault(kind, times=1):
    fault_arm(kind, times=times)


def everything():
    """Return all rows of the package's models as text."""
    models = [model for model in apps.get_models() if "wagtail_payments" in model.__module__]
    return "\n".join(str(row) for model in models for row in model._default_manager.values())


ACTIONS = {
    action.__name__: action
    for action in (payments, price, sell_out, age_receipts, fault, everything)
}


@csrf_exempt
def control(request):
    options = json.loads(request.body)
    return JsonResponse({"answer": ACTIONS[options.pop("action")](**options)})
