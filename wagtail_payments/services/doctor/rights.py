"""Rights: whether anybody but superusers may see payments."""

from collections.abc import Iterator

from django.contrib.auth.models import Permission

from ...models import ProductGroupObjectPermission, ProductUserObjectPermission
from ...providers.types import Finding, Level

_CODENAMES = ("view_payment", "view_product_payments")


def rights_examine() -> Iterator[Finding]:
    """Yield whether rights were given, to whomever."""
    seeing = Permission.objects.filter(
        content_type__app_label="wagtail_payments", codename__in=_CODENAMES
    )
    single = {"permission__in": seeing}
    if (
        seeing.exclude(group=None, user=None).exists()
        or ProductUserObjectPermission.objects.filter(**single).exists()
        or ProductGroupObjectPermission.objects.filter(**single).exists()
    ):
        yield Finding(Level.OK, "Rights to see payments were given.")
        return
    yield Finding(
        Level.WARNING,
        "Nobody but superusers may see payments.",
        'Run "manage.py payments_roles" and put people into its groups, or give rights on single '
        "products under Payments, Products, Access.",
    )
