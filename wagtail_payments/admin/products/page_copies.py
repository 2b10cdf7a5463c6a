"""Copies of pages: users must be allowed to put the products on them on pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page

from wagtail_payments.permissions import may_choose
from wagtail_payments.selectors.products.catalog import products_on_pages


def check_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Redirect with an error if ``page``, or a copied subpage, has a product the user can't use."""
    if request.method != "POST":
        return None
    subtree = Page.objects.descendant_of(page, inclusive=True)
    pages = subtree if request.POST.get("copy_subpages") else subtree.filter(pk=page.pk)
    for product in products_on_pages(pages):
        if not may_choose(request.user, product):
            text = _(
                "You can't copy this page. It contains “%(product)s”, and you don't have permission to put "
                "it on pages."
            )
            messages.error(request, text % {"product": product})
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
