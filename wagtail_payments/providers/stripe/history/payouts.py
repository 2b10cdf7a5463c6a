"""Payouts to the account's bank: https://docs.stripe.com/api/payouts."""

from datetime import UTC, datetime

import stripe

from wagtail_payments.providers.stripe.amounts import from_stripe
from wagtail_payments.providers.types import PayoutSnapshot, PayoutStatus

_STATUSES: dict[str, PayoutStatus] = {str(status): status for status in PayoutStatus}


def payout_snapshot(payout: stripe.Payout) -> PayoutSnapshot:
    """Return a payout's snapshot. An unknown status counts as not final.

    Stripe gives the day of arrival as its first second in UTC.
    """
    currency = payout.currency.upper()
    return PayoutSnapshot(
        reference=payout.id,
        status=_STATUSES.get(payout.status, PayoutStatus.PENDING),
        amount=from_stripe(payout.amount, currency),
        currency=currency,
        created_at=datetime.fromtimestamp(payout.created, UTC),
        arrives_on=datetime.fromtimestamp(payout.arrival_date, UTC).date(),
    )
