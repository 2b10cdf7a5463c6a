"""Permissions for operations: webhook events, deliveries, discrepancies, health, settings."""

from typing import Any

from .payments import may_view_all_payments
from .rights import APP

VIEW_EVENTS, REPLAY_EVENTS = f"{APP}.view_webhookevent", f"{APP}.replay_webhookevent"
VIEW_DISCREPANCIES, RESOLVE_DISCREPANCIES = f"{APP}.view_discrepancy", f"{APP}.resolve_discrepancy"
RESEND_DELIVERIES = f"{APP}.resend_delivery"


def may_replay_events(user: Any) -> bool:
    """Return whether ``user`` can process events again, ignore them, and remove their payloads."""
    return bool(user.is_active and user.has_perms([REPLAY_EVENTS, VIEW_EVENTS]))


def may_resend_deliveries(user: Any) -> bool:
    """Return whether ``user`` can send deliveries again."""
    return bool(user.is_active and user.has_perm(RESEND_DELIVERIES))


def may_resolve_discrepancies(user: Any) -> bool:
    """Return whether ``user`` can resolve discrepancies and start a comparison."""
    return bool(user.is_active and user.has_perms([RESOLVE_DISCREPANCIES, VIEW_DISCREPANCIES]))


def may_see_health(user: Any) -> bool:
    """Return whether ``user`` can see how many events, deliveries and payments wait or fail."""
    return bool(user.is_active and (user.has_perm(VIEW_EVENTS) or may_view_all_payments(user)))


def may_change_settings(user: Any) -> bool:
    """Return whether ``user`` can change the payment settings."""
    return bool(user.is_active and user.has_perm(f"{APP}.change_paymentsettings"))
