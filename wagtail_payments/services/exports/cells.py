"""Values of cells: texts without formulas, amounts as numbers, times in the site's time zone."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, and characters that are not valid in XML, and so in XLSX."""

_FORMULA = frozenset("=+-@")
_SEPARATORS = ("\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return ``text`` without characters that are not valid, and so that it is never a formula.

    A quotation mark is put before a text that begins like one: see
    https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if text[:1].isalnum() and text.isprintable():
        return text
    text = _UNWRITABLE.sub("", text)
    return f"'{text}" if _is_formula(text) else text


def site_time() -> Callable[[datetime], datetime]:
    """Return a function that converts a time to the site's time zone, to the second."""
    zone = timezone.get_default_timezone()
    return lambda moment: moment.replace(microsecond=0).astimezone(zone)


def in_this_language(words: Callable[..., Any]) -> Callable[..., str]:
    """Return ``words`` as a cached function that always uses the currently active language.

    A streamed file is sent after the request, and its language, have ended.
    """
    language = get_language()

    @cache
    def text(*arguments: Any) -> str:
        with override(language):
            return str(words(*arguments))

    return text


def date_heading() -> str:
    """Return the heading of a column of times, which names the time zone."""
    return _("Date (%(time_zone)s)") % {"time_zone": timezone.get_default_timezone_name()}


def _is_formula(text: str) -> bool:
    """Tell whether ``text`` begins like a formula, even after blanks or in full-width characters."""
    if text.startswith(_SEPARATORS):
        return True
    first = next((char for char in text if not _is_blank(char)), "")
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULA if first else False


def _is_blank(char: str) -> bool:
    """Tell whether ``char`` is invisible: a space, a format character, a lone accent."""
    return char.isspace() or unicodedata.category(char)[0] in "CMZ"
