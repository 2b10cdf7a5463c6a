"""What we write on every object at a provider, so that ours are told from others on the account."""

from ..models import Payment

APP = "wagtail-payments"


def payment_metadata(payment: Payment) -> dict[str, str]:
    """Return the names of this app, the site and the payment.

    ``host`` tells our payments from those of another installation on the same account.
    """
    return {
        "app": APP,
        "host": payment.site.hostname if payment.site else "",
        "site": str(payment.site_id or ""),
        "payment": str(payment.public_id),
    }
