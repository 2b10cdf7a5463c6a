"""Creates the orchard's pages."""

from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site

from example_site.orchard.models import ContentPage, HomePage, MyPaymentsPage
from wagtail_payments.models import Product

from .facts import HOME_INTRO, HOME_TEXT, HOME_TITLE, PAGES, PageFacts
from .media import image_ensure

LATER = "<p>No card at hand? Order now, and pay by bank transfer, or in cash on Saturday.</p>"

TERMS = (
    "<p>You buy from Quince Lane Orchard e.V., Quince Lane 7, 23936 Apfelau. Prices include value added "
    "tax. You may give a workshop place back until a week before, in full.</p>"
    "<p>This site is a demonstration: no money moves, and nothing is sent.</p>"
)


def site_ensure() -> Site:
    """Return the site, with its home page, hostname and port set."""
    site = Site.objects.get(is_default_site=True)
    home = HomePage.objects.first() or _home_create(site)
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    site.root_page = home.page_ptr
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.hostname, site.port = address.hostname, address.port or 80
    site.save()
    return site


def pages_ensure(home: Page, products: dict[str, Product]) -> None:
    """Create the missing pages below the home page."""
    for facts in PAGES:
        if not _exists(home, facts.slug):
            _publish(home, _content_page(facts, products))
    if not _exists(home, "my-payments"):
        intro = "What you have paid while you were logged in, with a receipt for each."
        page = MyPaymentsPage(
            title="My payments", slug="my-payments", intro=intro, show_in_menus=True
        )
        _publish(home, page)
    if not _exists(home, "terms"):
        _publish(home, ContentPage(title="Terms", slug="terms", body=[("text", TERMS)]))


def _home_create(site: Site) -> HomePage:
    root = Page.objects.get(depth=1)
    # Wagtail's welcome page has the home page's slug.
    for welcome in root.get_children().exact_type(Page):
        welcome.delete()
    root = Page.objects.get(depth=1)
    home = HomePage(
        title=HOME_TITLE,
        slug="home",
        intro=HOME_INTRO,
        picture=image_ensure("orchard.jpg", "The orchard in October"),
        body=[("text", HOME_TEXT)],
    )
    _publish(root, home)
    return home


def _content_page(facts: PageFacts, products: dict[str, Product]) -> ContentPage:
    payment = {
        "product": products[facts.product].pk,
        "button_text": facts.button,
        "layout": facts.layout,
        "ui": facts.ui,
        "provider": "",
    }
    first, *rest = [{"type": "text", "value": text} for text in facts.texts]
    body = [first, {"type": "payment", "value": payment}, *rest]
    if facts.offline:
        later = {**payment, "provider": "offline", "ui": "hosted", "button_text": facts.offline}
        body += [{"type": "text", "value": LATER}, {"type": "payment", "value": later}]
    page = ContentPage(
        title=facts.title,
        slug=facts.slug,
        intro=facts.intro,
        picture=image_ensure(facts.picture, facts.title),
        show_in_menus=True,
    )
    page.body = page.body.stream_block.to_python(body)
    return page


def _exists(home: Page, slug: str) -> bool:
    return bool(home.get_children().filter(slug=slug).exists())


def _publish(parent: Page, page: Page) -> Page:
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page
