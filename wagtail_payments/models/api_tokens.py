"""Tokens for the staff API: other software reads what the token's owner may see."""

from datetime import timedelta
from math import ceil
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import ApiScope


class ApiToken(models.Model):
    """One token. The secret is not stored: ``digest`` is the SHA-256 of the whole text."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("allows"), default=list)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created_at", "-id")
        default_permissions = ()
        permissions: ClassVar = [
            ("add_apitoken", _("Can create own API tokens")),
            ("view_apitoken", _("Can see all API tokens")),
            ("revoke_apitoken", _("Can revoke all API tokens")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.display_prefix})"

    @property
    def display_prefix(self) -> str:
        """The beginning of the token, which is not secret."""
        return f"wpt_{self.prefix}_…"

    @property
    def display_scopes(self) -> str:
        """The labels of its scopes; scopes of older versions are shown as stored."""
        words = dict(ApiScope.choices)
        kept = [scope for scope in words if scope in self.scopes]
        unknown = [scope for scope in self.scopes if scope not in words]
        return " · ".join(str(words.get(scope, scope)) for scope in [*kept, *unknown])

    @property
    def is_over(self) -> bool:
        """Whether it was revoked or has expired."""
        return self.revoked_at is not None or self.expires_at <= timezone.now()

    @property
    def display_state(self) -> str:
        """Whether it is valid, and for how long, in words."""
        if self.revoked_at is not None:
            return gettext("Revoked")
        if self.is_over:
            return gettext("Expired")
        days = ceil((self.expires_at - timezone.now()) / timedelta(days=1))
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
