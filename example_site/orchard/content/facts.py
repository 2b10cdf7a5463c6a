"""Texts of the example site."""

from dataclasses import dataclass

SELLER = {
    "seller_name": "Quince Lane Orchard e.V.",
    "seller_address": "Quince Lane 7\n23936 Apfelau\nGermany",
    "seller_tax_number": "DE 274 118 306",
    "support_email": "hello@quincelane.example",
    "offline_instructions": (
        "Transfer the amount to Quince Lane Orchard e.V., IBAN DE02 1203 0000 0000 2020 51, or pay in "
        "cash when you fetch your box."
    ),
    "receipt_series": "QL",
    "receipt_footer": "Thank you for keeping old varieties alive. Registered society VR 1987, Apfelau.",
}

HOME_TITLE = "Old trees, open gate"
HOME_INTRO = (
    "214 apple, pear and quince trees at the edge of Apfelau, cared for by their neighbours since 1987. "
    "Come in, the gate isn't locked."
)
HOME_TEXT = (
    "<p>Most of our varieties are no longer sold anywhere. We prune them, graft them onto young roots, press "
    "what falls, and teach everyone who wants to learn it. No one here is paid; trees, tools and the cider "
    "press are.</p>"
)


@dataclass(frozen=True)
class PageFacts:
    """The content of a page that sells ``product``.

    ``offline`` is the button text of a second block, for bank transfer or cash; without it, there is no
    second block.
    """

    slug: str
    title: str
    intro: str
    picture: str
    texts: tuple[str, ...]
    product: str = ""
    button: str = ""
    layout: str = "card"
    ui: str = "inline"
    offline: str = ""


PAGES = (
    PageFacts(
        slug="plant-a-tree",
        title="Plant a tree",
        intro="A young tree costs us 25 euros, a stake and a bag of compost another 35.",
        picture="sapling.jpg",
        texts=(
            "<p>Every winter we replace the trees that the storms took. This winter we miss eleven: "
            "four quinces, five apples, two pears. Give what you like; the whole sum goes into the "
            "ground.</p>",
            "<p>From 120 euros you choose the variety, and we write your name on the tree's tag.</p>",
        ),
        product="Plant a tree",
    ),
    PageFacts(
        slug="grafting-workshop",
        title="Grafting workshop",
        intro="One day, one knife, two trees to take home.",
        picture="grafting.jpg",
        texts=(
            "<p>We show three cuts, then you make them until they hold. Two grafted trees are yours; "
            "rootstock, scions, raffia and soup are included. Bring gloves and a knife, if you "
            "have one that you like.</p>",
            "<p>In the press house, from ten to four. The room is heated, the orchard isn't.</p>",
        ),
        product="Grafting workshop",
        button="Book my place",
    ),
    PageFacts(
        slug="harvest-box",
        title="Harvest box",
        intro="Twelve kilos of what is ripe, from unsprayed trees.",
        picture="harvest.jpg",
        texts=(
            "<p>Order by Wednesday, fetch your box on Saturday between ten and one. What is in it? "
            "Boskoop and Gravensteiner mostly, quinces in October, and one variety that you "
            "haven't eaten yet.</p>",
        ),
        product="Harvest box",
        button="Order a box",
        layout="compact",
        ui="hosted",
        offline="Order, and pay later",
    ),
)
