"""Wagtail's audit log for our models, shown to users who may see the object of an entry."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import BaseLogEntry, BaseLogEntryManager

from .payments import Payment
from .products import Product

VisibleEntries = Callable[[Any], models.QuerySet["PaymentsLogEntry"]]
"""Returns the entries that a user may see."""


class PaymentsLogManager(BaseLogEntryManager):
    """Writes each entry with the product that it is about."""

    visible_entries: ClassVar[VisibleEntries]

    def log_action(self, instance: models.Model, action: str, **kwargs: Any) -> "PaymentsLogEntry":
        """Write an entry about ``instance``: a product, a payment, or another row of ours."""
        about: dict[str, Any] = {"object_id": str(instance.pk)}
        if isinstance(instance, Payment):
            about.update(payment_id=instance.pk, product_key=instance.product_key)
        elif isinstance(instance, Product):
            about.update(product_key=instance.translation_key)
        entry: PaymentsLogEntry = super().log_action(instance, action, **about, **kwargs)
        return entry

    def for_instance(self, instance: models.Model) -> models.QuerySet["PaymentsLogEntry"]:
        """Return the entries about ``instance``."""
        entries: models.QuerySet[PaymentsLogEntry] = self.get_for_model(type(instance))
        return entries.filter(object_id=str(instance.pk))

    @classmethod
    def register_visibility(cls, visible_entries: VisibleEntries) -> None:
        """Set who may see which entries. Permissions do this when the site starts."""
        cls.visible_entries = staticmethod(visible_entries)

    def viewable_by_user(self, user: Any) -> models.QuerySet["PaymentsLogEntry"]:
        """Return the entries about what ``user`` may see: Wagtail's site history asks for them."""
        return type(self).visible_entries(user)


class PaymentsLogEntry(BaseLogEntry):
    """One line of the audit log. It outlives a deleted product."""

    object_id = models.CharField(max_length=255, db_index=True)
    payment = models.ForeignKey(
        Payment,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    product_key = models.UUIDField(null=True, blank=True, db_index=True)

    objects = PaymentsLogManager()

    class Meta(BaseLogEntry.Meta):
        abstract = False
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        default_permissions = ()
