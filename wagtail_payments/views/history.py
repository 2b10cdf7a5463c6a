"""The payments of the signed-in user."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wagtail_payments.selectors.payments.history import history_rows
from wagtail_payments.selectors.payments.payments import payments_of_user

_PER_PAGE = 20


@transaction.non_atomic_requests
@never_cache
@login_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """List the payments that this user made while signed in, newest first."""
    paginator = Paginator(payments_of_user(request.user), _PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {"page": page, "rows": history_rows(page.object_list)}
    return render(request, "wagtail_payments/history/history.html", context)
