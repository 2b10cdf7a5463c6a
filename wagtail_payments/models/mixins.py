"""Columns that a payment shares with other things that people check out."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from wagtail_payments.enums import CheckoutUI, Mode
from wagtail_payments.search_keys import surname_key

from .fields import ReferenceField, SearchKeyField


class PayerMixin(models.Model):
    """Who pays, with normalized search keys. ``erased_at`` is when the payer's data was removed."""

    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="wagtail_%(class)ss",
    )
    payer_name = models.CharField(_("payer's name"), max_length=255, blank=True)
    payer_email = models.EmailField(_("payer's email"), blank=True)
    email_key = SearchKeyField("payer_email")
    name_key = SearchKeyField("payer_name")
    surname_key = SearchKeyField("payer_name", key=surname_key)
    erased_at = models.DateTimeField(_("payer erased"), null=True, blank=True, editable=False)
    language = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True


class PlacementMixin(models.Model):
    """Where it was sold. The page and its revision may be deleted later, so they are no keys."""

    site = models.ForeignKey(Site, null=True, on_delete=models.SET_NULL, related_name="+")
    page_id = models.PositiveBigIntegerField(null=True, blank=True)
    page_title = models.CharField(_("page"), max_length=255, blank=True)
    page_url = models.URLField(max_length=1000, blank=True)
    revision_id = models.PositiveBigIntegerField(null=True, blank=True)
    terms_url = models.URLField(max_length=1000, blank=True)

    class Meta:
        abstract = True


class CheckoutMixin(models.Model):
    """One checkout at a provider, and the version of the row that optimistic locking compares.

    ``attempt_key`` is the browser's name for this attempt, ``terms_digest`` a fingerprint of what it
    pays for. ``checkout_try`` numbers the requests that open the checkout.
    """

    attempt_key = ReferenceField(max_length=64, unique=True)
    terms_digest = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    provider = models.CharField(_("provider"), max_length=50)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices)
    ui = models.CharField(max_length=10, choices=CheckoutUI.choices)
    checkout_try = models.PositiveSmallIntegerField(default=1)
    checkout_reference = ReferenceField(max_length=255, null=True, blank=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    next_check_at = models.DateTimeField(default=timezone.now, null=True)

    class Meta:
        abstract = True

    @property
    def is_test(self) -> bool:
        """Whether the money is not real."""
        return self.mode == Mode.TEST
