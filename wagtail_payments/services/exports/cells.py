"""Single cells: texts that no spreadsheet runs, amounts as numbers, moments in the site's time zone."""

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
"""Control characters, and what XML, and so XLSX, can't hold."""

_FORMULA = frozenset("=+-@")
_SEPARATORS = ("\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula, and every file can hold it.

    A quotation mark stands before what begins like one: see
    https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if text[:1].isalnum() and text.isprintable():
        return text
    text = _UNWRITABLE.sub("", text)
    return f"'{text}" if _is_formula(text) else text


def site_time() -> Callable[[datetime], datetime]:
    """Return what turns a moment into the site's time, to the second."""
    zone = timezone.get_default_timezone()
    return lambda moment: moment.replace(microsecond=0).astimezone(zone)


def in_this_language(words: Callable[..., Any]) -> Callable[..., str]:
    """Return ``words``, asked once for the same, in the language that is active now.

    A file is sent when the request, and with it its language, is over.
    """
    language = get_language()

    @cache
    def text(*arguments: Any) -> str:
        with override(language):
            return str(words(*arguments))

    return text


def date_heading() -> str:
    """Return the heading of a column of moments, which names the time zone."""
    return _("Date (%(time_zone)s)") % {"time_zone": timezone.get_default_timezone_name()}


def _is_formula(text: str) -> bool:
    """Tell whether ``text`` begins like a formula, be it behind blanks, or in full-width letters."""
    if text.startswith(_SEPARATORS):
        return True
    first = next((char for char in text if not _is_blank(char)), "")
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULA if first else False


def _is_blank(char: str) -> bool:
    """Tell whether ``char`` isn't seen: a space, a format character, an accent on nothing."""
    return char.isspace() or unicodedata.category(char)[0] in "CMZ"
