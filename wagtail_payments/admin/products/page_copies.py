"""Copies of pages: a copy sells again, so whoever makes it must be allowed to use what it sells."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page

from wagtail_payments.permissions import may_choose
from wagtail_payments.selectors.products.catalog import products_on_pages


def refuse_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to copy ``page`` where it, or a page below that is copied too, sells what one may not use."""
    if request.method != "POST":
        return None
    below = Page.objects.descendant_of(page, inclusive=True)
    pages = below if request.POST.get("copy_subpages") else below.filter(pk=page.pk)
    for product in products_on_pages(pages):
        if not may_choose(request.user, product):
            text = _(
                "You may not copy this page: it sells “%(product)s”, which you may not put on pages."
            )
            messages.error(request, text % {"product": product})
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
