"""A minimal page with payment blocks."""

import wagtail
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.blocks import RichTextBlock
from wagtail.fields import StreamField
from wagtail.models import Page

from wagtail_payments.blocks.payment import PaymentBlock


class SellingPage(Page):
    body = StreamField([("text", RichTextBlock()), ("payment", PaymentBlock())], blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    api_fields = [APIField("body", **({"writable": True} if wagtail.VERSION >= (8, 0) else {}))]
