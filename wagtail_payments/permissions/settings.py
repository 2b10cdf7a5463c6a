"""Who may change what a site says about itself as a seller."""

from typing import Any

from .rights import APP


def may_change_settings(user: Any) -> bool:
    """Tell whether ``user`` may change the payment settings."""
    return bool(user.is_active and user.has_perm(f"{APP}.change_paymentsettings"))
