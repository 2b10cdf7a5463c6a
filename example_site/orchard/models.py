"""The orchard's pages."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from typing_extensions import override
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from .blocks import BodyBlock


class OrchardPage(Page):
    """The base of all pages, with a picture, an introduction and a body."""

    picture = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    intro = models.CharField(max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("picture"),
        FieldPanel("intro"),
        FieldPanel("body"),
    ]

    class Meta:
        abstract = True


class HomePage(OrchardPage):
    """The home page, with a card for each page in the menu."""

    max_count = 1

    @override
    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["cards"] = (
            ContentPage.objects.live().child_of(self).in_menu().select_related("picture")
        )
        return context


class ContentPage(OrchardPage):
    """Any other page."""


class MyPaymentsPage(OrchardPage):
    """The payments of the logged-in user. Other visitors are redirected to the login page."""

    max_count = 1

    @override
    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Require a login, and forbid caching."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        response: HttpResponse = super().serve(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response
