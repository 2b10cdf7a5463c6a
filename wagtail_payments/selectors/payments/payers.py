"""Who paid, as far as somebody may know it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wagtail_payments.models import Payment
from wagtail_payments.permissions import may_see_payer


@dataclass(frozen=True, slots=True)
class ShownPayer:
    """A payer's name and address, empty and ``hidden`` for those who may not know them."""

    name: str
    email: str
    hidden: bool

    def __str__(self) -> str:
        """Return both in one line."""
        if self.hidden:
            return _("Hidden")
        return ", ".join(filter(None, [self.name, self.email]))


def payer_shown(payment: Payment, user: Any) -> ShownPayer:
    """Return who paid ``payment``, which ``user`` may see, masked unless they may see that too."""
    if not may_see_payer(user, payment):
        return ShownPayer(name="", email="", hidden=True)
    return ShownPayer(name=payment.payer_name, email=payment.payer_email, hidden=False)
