"""Permissions: whether anyone except superusers may see payments."""

from collections.abc import Iterator

from wagtail_payments.permissions import users_who_see_payments
from wagtail_payments.providers.types import Finding, Level


def rights_examine() -> Iterator[Finding]:
    """Yield whether users have permissions, through a group or of their own."""
    count = users_who_see_payments().exclude(is_superuser=True).count()
    if count:
        yield Finding(Level.OK, f"Users other than superusers who may see payments: {count}.")
        return
    yield Finding(
        Level.WARNING,
        "Only superusers may see payments.",
        'Run "manage.py payments_roles" and put people into its groups, or give rights on single '
        "products under Payments, Products, Access.",
    )
