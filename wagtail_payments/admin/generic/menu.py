"""Menu items that are shown to users with a permission."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.http import HttpRequest
from django.urls import reverse
from typing_extensions import override
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet


class PermissionMenuItem(MenuItem):
    """A menu item for users who pass ``permission``."""

    def __init__(self, *args: Any, permission: Callable[[Any], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permission = permission

    @override
    def is_shown(self, request: HttpRequest) -> bool:
        return self.permission(request.user)


class PermissionViewSet(ViewSet):
    """A viewset whose menu item is shown to users who pass ``permission``."""

    permission: ClassVar[Callable[[Any], bool]]

    @property
    @override
    def menu_item_class(self) -> Any:
        return partial(PermissionMenuItem, permission=type(self).permission)


class LinkViewSet(PermissionViewSet):
    """A menu item that links to a page which is registered elsewhere."""

    url_name: ClassVar[str]
    url_args: ClassVar[tuple[str, ...]] = ()

    @property
    @override
    def menu_url(self) -> str:
        return reverse(self.url_name, args=self.url_args)
