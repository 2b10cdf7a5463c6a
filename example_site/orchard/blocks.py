"""Blocks of the orchard's pages."""

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from wagtail_payments.blocks.payment import PaymentBlock


class PictureBlock(blocks.StructBlock):
    """A picture with a caption."""

    image = ImageChooserBlock()
    caption = blocks.CharBlock(required=False)

    class Meta:
        icon = "image"
        template = "orchard/blocks/picture.html"


class BodyBlock(blocks.StreamBlock):
    """The blocks of a page's body."""

    heading = blocks.CharBlock(icon="title", template="orchard/blocks/heading.html")
    text = blocks.RichTextBlock(
        icon="pilcrow", features=["h3", "bold", "italic", "link", "ul", "ol"]
    )
    picture = PictureBlock()
    payment = PaymentBlock()
