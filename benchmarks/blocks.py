"""Renders a page with three payment blocks, and the same page without."""

import json

from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from benchmarks.figures import show, timed
from example_site.orchard.models import ContentPage
from wagtail_payments.models import Product

ROUNDS = 50


def run() -> None:
    """Render each page fifty times, and count its queries."""
    print("\nPage")
    text = [{"type": "paragraph", "value": "<p>Hello</p>"}]
    plain = _page("Bench plain", text)
    selling = _page("Bench selling", [*text, *(_block(p) for p in Product.objects.all()[:3])])
    for page in (plain, selling):
        _render(page)
    times = [[timed(lambda p=page: _render(p)) for _ in range(ROUNDS)] for page in (plain, selling)]
    show("without a payment block", times[0])
    show("with three payment blocks", times[1], against=times[0])
    print(f"  queries: {_queries(plain)} without, {_queries(selling)} with three blocks")


def _block(product: Product) -> dict[str, object]:
    value = {"product": product.pk, "button_text": "", "layout": "card", "ui": "inline"}
    return {"type": "payment", "value": value}


def _page(title: str, body: list[dict[str, object]]) -> ContentPage:
    home = Site.objects.get(is_default_site=True).root_page
    page: ContentPage = home.add_child(instance=ContentPage(title=title, body=json.dumps(body)))
    return page


def _render(page: ContentPage) -> None:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/", headers={"host": "127.0.0.1"})
    request.user = AnonymousUser()
    fresh = ContentPage.objects.get(pk=page.pk)
    fresh.serve(request).render()


def _queries(page: ContentPage) -> int:
    with CaptureQueriesContext(connection) as queries:
        _render(page)
    return len(queries)
