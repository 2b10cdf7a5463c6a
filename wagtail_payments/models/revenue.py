"""Daily totals, so that a report does not have to read a million payments."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import Mode


class DailyRevenue(models.Model):
    """The totals of one day in the site's time zone, for one combination.

    Amounts are minor units of ``currency``. ``started`` and ``succeeded`` count payments started on
    that day; all other columns are about money that moved on it. ``refunded`` and ``disputed`` are
    below zero when more came back than was paid out. ``services.revenue`` is the only writer.
    """

    mode = models.CharField(max_length=4, choices=Mode.choices)
    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    product_key = models.UUIDField(_("product key"))
    page_id = models.PositiveBigIntegerField(_("page"), default=0)
    method_type = models.CharField(_("method"), max_length=40, blank=True)
    title = models.CharField(_("product"), max_length=255, blank=True)
    page_title = models.CharField(_("page"), max_length=255, blank=True)
    started = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    succeeded = models.PositiveIntegerField(default=0)
    payments = models.PositiveIntegerField(_("payments"), default=0)
    gross = models.BigIntegerField(_("gross"), default=0)
    tax = models.BigIntegerField(_("tax"), default=0)
    fees = models.BigIntegerField(_("fees"), default=0)
    refunds = models.PositiveIntegerField(_("refunds"), default=0)
    refunded = models.BigIntegerField(_("refunded"), default=0)
    disputed = models.BigIntegerField(_("disputed"), default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("daily revenue")
        verbose_name_plural = _("daily revenue")
        ordering = ("day", "id")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mode", "day", "currency", "product_key", "page_id", "method_type"],
                name="wp_daily_revenue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"


class StaleDay(models.Model):
    """A day whose totals are out of date, written in the transaction that changes its payments.

    The same day may have many rows, so that no transaction waits for another.
    """

    day = models.DateField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return str(self.day)


class RevenueState(models.Model):
    """One row with the time zone of the days. It is locked while totals are refreshed.

    ``version`` increases with each change of a total; cache keys include it.
    """

    time_zone = models.CharField(max_length=64, blank=True)
    version = models.PositiveBigIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.time_zone
