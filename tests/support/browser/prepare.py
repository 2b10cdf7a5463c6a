"""Creates the site's content: ``python -m tests.support.browser.prepare PORT``."""

import sys

import django


def main(port):
    django.setup()
    make_content(port)


def make_content(port):
    from huey.contrib.djhuey import HUEY
    from wagtail.models import Page

    from tests.support.factories import make_donation, make_product, make_site, make_user

    HUEY.flush()
    site = make_site()
    site.hostname, site.port = "127.0.0.1", port
    site.save()
    make_user()
    home = Page.objects.get(pk=site.root_page_id)
    ticket = {"amount": 1250, "maximum_quantity": 6}
    for name in ("Ticket", "Dearer", "Concert", "Guided tour"):
        add_page(home, name, [block(make_product(name=name, prices=[ticket]))])
    add_page(home, "Boat", [block(make_product(name="Boat", prices=[ticket]), ui="hosted")])
    add_page(home, "Donate", [block(make_donation(suggested=[1000, 2500, 5000]))])
    yen = make_product(name="Yen", prices=[{**ticket, "currency": "JPY"}])
    dinar = make_donation(currency="KWD", minimum=500, suggested=[])
    add_page(home, "Abroad", [block(yen), block(dinar, layout="compact")])
    many = [
        {"name": "Adult", "amount": 1800, "maximum_quantity": 6},
        {"name": "Child", "amount": 900, "maximum_quantity": 6},
        {"name": "Friend", "amount_type": "chosen", "minimum": 2000, "suggested": [3000]},
    ]
    day = make_product(name="Open day", description="A day under the stars.", prices=many)
    add_page(home, "Open day", [block(day), block(make_product(name="Book")), block(day)])


def block(product, ui="inline", layout="card"):
    value = {"product": product.pk, "button_text": "", "layout": layout, "ui": ui}
    return {"type": "payment", "value": value}


def add_page(home, title, blocks):
    import json

    from tests.testapp.models import SellingPage

    page = home.add_child(instance=SellingPage(title=title, body=json.dumps(blocks)))
    page.save_revision().publish()


if __name__ == "__main__":
    main(int(sys.argv[1]))
