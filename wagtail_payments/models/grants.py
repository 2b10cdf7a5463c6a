"""Object permissions on single products and payments: guardian's rows, with real foreign keys.

guardian finds them by their related names, so these must not be hidden.
"""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from .payments import Payment
from .products import Product


class ProductUserObjectPermission(UserObjectPermissionBase):
    """A permission of one user on one product."""

    content_object = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="user_grants"
    )

    wagtail_reference_index_ignore = True

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()


class ProductGroupObjectPermission(GroupObjectPermissionBase):
    """A permission of one group on one product."""

    content_object = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="group_grants"
    )

    wagtail_reference_index_ignore = True

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()


class PaymentUserObjectPermission(UserObjectPermissionBase):
    """A permission of one user on one payment."""

    content_object = models.ForeignKey(
        Payment, on_delete=models.CASCADE, related_name="user_grants"
    )

    wagtail_reference_index_ignore = True

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()


class PaymentGroupObjectPermission(GroupObjectPermissionBase):
    """A permission of one group on one payment."""

    content_object = models.ForeignKey(
        Payment, on_delete=models.CASCADE, related_name="group_grants"
    )

    wagtail_reference_index_ignore = True

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
