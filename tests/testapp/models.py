"""The smallest page that sells something."""

from wagtail.admin.panels import FieldPanel
from wagtail.blocks import RichTextBlock
from wagtail.fields import StreamField
from wagtail.models import Page

from wagtail_payments.blocks import PaymentBlock


class SellingPage(Page):
    body = StreamField([("text", RichTextBlock()), ("payment", PaymentBlock())], blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
