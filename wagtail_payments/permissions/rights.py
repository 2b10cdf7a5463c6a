"""The rights: what one may be allowed to do with a product, and with the money paid for it.

Each is a permission on :class:`Product`, which a user or group has on one product, or, given to a
group in Wagtail's group editor, on all of them.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

APP = "wagtail_payments"


@dataclass(frozen=True, slots=True)
class Right:
    """Something one may be allowed to do.

    ``everywhere`` are the model-level permissions that allow it with everything; ``needs`` are the
    codenames of the rights without which it is of no use.
    """

    codename: str
    label: str | Promise
    everywhere: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def permission(self) -> str:
        """The permission on one product, as Django names it."""
        return f"{APP}.{self.codename}"

    @property
    def model_permissions(self) -> tuple[str, ...]:
        """The permissions that allow it with everything."""
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
ACCESS = Right("change_product_access", _("Decide who may do what with it"), needs=_PRODUCT)

ACCESS_CHANGED = "wagtail_payments.access.change"
"""What a change of rights is called in the audit log."""

PRODUCT_RIGHTS = (VIEW, CHOOSE, CHANGE, PUBLISH, DELETE, ACCESS)
MONEY_RIGHTS = (PAYMENTS, PAYERS, REFUND, RECEIVE, EXPORT, SUBSCRIPTIONS)
RIGHTS = {right.codename: right for right in (*PRODUCT_RIGHTS, *MONEY_RIGHTS)}

SHOWING_RIGHTS = (VIEW, CHANGE, PUBLISH, DELETE, ACCESS)
"""Who has one of these on a product finds it in the list of products."""
