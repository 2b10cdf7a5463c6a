"""Optimistic locking: a slow answer is applied only if its row has not changed in the meantime.

Rows have a ``version`` that each writer increases. A provider is asked outside any transaction, so
the row may change while the request is on its way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction

from wagtail_payments.models import Payment
from wagtail_payments.providers.exceptions import ProviderUnavailable

Row = TypeVar("Row", bound=Payment)
Answer = TypeVar("Answer")
Result = TypeVar("Result")

_TRIES = 5


@contextmanager
def locked_if_unchanged(seen: Row, *, compare: bool = True) -> Iterator[Row | None]:
    """Lock the row of ``seen`` in a transaction; yield it, or None if its version has changed.

    Without ``compare`` the row is yielded in any case.
    """
    with transaction.atomic():
        row = type(seen).objects.select_for_update().get(pk=seen.pk)
        yield row if row.version == seen.version or not compare else None


def apply_to_unchanged(
    seen: Row, *, ask: Callable[[Row], Answer], apply: Callable[[Row, Answer], Result]
) -> Result:
    """Ask about ``seen`` outside a transaction, then apply the answer to the locked row.

    Reads the row and asks again when it has changed, five times at most; ProviderUnavailable is
    raised after that. Raises what ``ask`` raises.
    """
    for _ in range(_TRIES):
        answer = ask(seen)
        with locked_if_unchanged(seen) as row:
            if row is not None:
                return apply(row, answer)
        seen = type(seen).objects.get(pk=seen.pk)
    raise ProviderUnavailable(f"{seen._meta.label} {seen.pk} kept changing during the requests.")
