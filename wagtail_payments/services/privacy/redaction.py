"""Removes a payer's name and email address from free text and stored JSON."""

import re
from collections.abc import Collection
from typing import Any

from django.db.models import Model

from wagtail_payments.models import Payment

_GONE = "…"

FREE_TEXT = ("note", "error")
"""The keys of our JSON whose values are free text or error messages."""


class Scrub:
    """Removes the names of the payer of one payment from texts and JSON."""

    def __init__(self, payment: Payment) -> None:
        texts = [payment.payer_name, payment.payer_email]
        documents: list[Any] = [getattr(payment, "receipt", None), *payment.credit_notes.all()]
        for document in filter(None, documents):
            texts += document.data["payer"].values()
        names = sorted({text.strip() for text in texts if text.strip()}, key=len, reverse=True)
        either = "|".join(map(re.escape, names))
        self._pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE) if names else None

    def __call__(self, value: Any, keys: Collection[str] = ()) -> Any:
        """Return ``value``, a text or JSON value, without the payer.

        With ``keys``, only the texts under these are changed: a payer may be called "Succeeded".
        """
        if isinstance(value, str):
            return self._pattern.sub(_GONE, value) if self._pattern else value
        if isinstance(value, dict):
            return {
                name: part
                if keys and isinstance(part, str) and name not in keys
                else self(part, keys)
                for name, part in value.items()
            }
        return [self(part, keys) for part in value] if isinstance(value, list) else value

    def rows(self, rows: Any, *names: str, keys: Collection[str] = ()) -> None:
        """Redact these columns of the queryset ``rows``; only changed rows are written."""
        for row in rows:
            changes = self._changes(row, names, keys)
            if changes:
                # Not save(): timelines are append-only.
                type(row)._base_manager.filter(pk=row.pk).update(**changes)

    def _changes(self, row: Model, names: tuple[str, ...], keys: Collection[str]) -> dict[str, Any]:
        before = {name: getattr(row, name) for name in names}
        after = {name: self(value, keys) for name, value in before.items()}
        return {name: value for name, value in after.items() if value != before[name]}
