"""The meanings of a typed text, each as a condition that is a range of one index."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Q

from wagtail_payments.enums import Mode
from wagtail_payments.permissions import payments_with_payer
from wagtail_payments.search_keys import begins_with, search_key
from wagtail_payments.selectors.providers import providers_used

_LAST_FOUR = re.compile("[0-9]{4}", re.ASCII)


_REFERENCES = ("checkout_reference", "payment_reference")


def search_terms(words: str, key: str, user: Any) -> Iterator[Q]:
    """Yield the alternative conditions for ``words``, whose search key is ``key``."""
    if _LAST_FOUR.fullmatch(words):
        yield Q(method_last4=words)
        return
    # Names are also written as "Müller, Zoë".
    for payer in {key, search_key(words.replace(",", " ")) or key}:
        for name in ("name_key", "surname_key", "email_key"):
            yield begins_with(name, payer) & payments_with_payer(user)
    if "@" in words:
        return
    yield from _references("".join(words.split()))
    with suppress(ValueError):
        yield Q(public_id=UUID(words))


def could_be_number(words: str, key: str) -> bool:
    """Tell whether the text can be the beginning of a receipt's number."""
    plain = "@" not in words and not _LAST_FOUR.fullmatch(words)
    return plain and any(char.isdecimal() for char in key)


def _references(reference: str) -> Iterator[Q]:
    # Reference numbers may be typed in groups and any case; a provider's ids are exact.
    either = {reference, reference.upper()}
    # The index begins with these two.
    all_books = Q(provider__in=providers_used(), mode__in=Mode.values)
    for name in _REFERENCES:
        yield all_books & Q(**{f"{name}__in": either})
