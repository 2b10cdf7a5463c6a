"""Payers, as far as a user may see them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wagtail_payments.models import Payment
from wagtail_payments.permissions import may_see_payer


@dataclass(frozen=True, slots=True)
class ShownPayer:
    """A payer's name and email, empty and ``hidden`` for users who may not see them."""

    name: str
    email: str
    hidden: bool

    def __str__(self) -> str:
        """Return both in one line."""
        if self.hidden:
            return _("Hidden")
        return ", ".join(filter(None, [self.name, self.email]))


def payer_shown(payment: Payment, user: Any) -> ShownPayer:
    """Return the payer of ``payment``, hidden unless ``user`` may see payers."""
    if not may_see_payer(user, payment):
        return ShownPayer(name="", email="", hidden=True)
    return ShownPayer(name=payment.payer_name, email=payment.payer_email, hidden=False)
