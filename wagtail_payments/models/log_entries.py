"""Wagtail's audit log for our models, shown to users who may see the object of an entry."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import BaseLogEntry, BaseLogEntryManager

from .payments import Payment
from .products import Product


class PaymentsLogManager(BaseLogEntryManager):
    """Writes each entry with the product that it is about."""

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

    def viewable_by_user(self, user: Any) -> models.QuerySet["PaymentsLogEntry"]:
        """Return the entries about what ``user`` may see: Wagtail's site history asks for them."""
        from wagtail_payments.permissions import visible_log_entries

        return visible_log_entries(user)


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
