"""The permissions that can be granted for a product and its payments.

Each is a Django permission of :class:`Product`. Users and groups can have it for one product. Groups can
have it for all products, granted in Wagtail's group editor.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

APP = "wagtail_payments"


@dataclass(frozen=True, slots=True)
class Right:
    """A permission for a product or its payments.

    ``everywhere`` names other model-level permissions that grant it for all products. ``needs`` has the
    codenames of the permissions that it requires.
    """

    codename: str
    label: str | Promise
    everywhere: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def permission(self) -> str:
        """The permission's full name, such as ``wagtail_payments.view_product``."""
        return f"{APP}.{self.codename}"

    @property
    def model_permissions(self) -> tuple[str, ...]:
        """The model-level permissions that grant it for all products."""
        return (self.permission, *self.everywhere)


_PRODUCT, _PAYMENTS = ("view_product",), ("view_product_payments",)

VIEW = Right("view_product", _("See the product"))
CHOOSE = Right("choose_product", _("Put it on pages"), needs=_PRODUCT)
CHANGE = Right("change_product", _("Change it and its prices"), needs=_PRODUCT)
PUBLISH = Right("publish_product", _("Publish and unpublish it"), needs=_PRODUCT)
DELETE = Right("delete_product", _("Delete it"), needs=_PRODUCT)
PAYMENTS = Right("view_product_payments", _("See its payments"), (f"{APP}.view_payment",))
PAYERS = Right("view_product_payers", _("See who paid"), (f"{APP}.view_payer",), _PAYMENTS)
REFUND = Right("refund_product_payments", _("Refund"), (f"{APP}.refund_payment",), _PAYMENTS)
RECEIVE = Right(
    "receive_product_payments",
    _("Mark payments as received"),
    (f"{APP}.receive_payment",),
    _PAYMENTS,
)
EXPORT = Right("export_product_payments", _("Export"), (f"{APP}.export_payment",), _PAYMENTS)
SUBSCRIPTIONS = Right("manage_product_subscriptions", _("Manage subscriptions"), (), _PAYMENTS)
ACCESS = Right("change_product_access", _("Manage access to it"), needs=_PRODUCT)

ACCESS_CHANGED = "wagtail_payments.access.change"
"""The audit log's action for permission changes."""

PRODUCT_RIGHTS = (VIEW, CHOOSE, CHANGE, PUBLISH, DELETE, ACCESS)
MONEY_RIGHTS = (PAYMENTS, PAYERS, REFUND, RECEIVE, EXPORT, SUBSCRIPTIONS)
RIGHTS = {right.codename: right for right in (*PRODUCT_RIGHTS, *MONEY_RIGHTS)}

SHOWING_RIGHTS = (VIEW, CHANGE, PUBLISH, DELETE, ACCESS)
"""Users with one of these permissions see the product in the admin's list."""
