"""The characters that a receipt's PDF can show: Latin, Greek, Cyrillic, and signs in its fonts.

Other scripts need joined letters or a visual order that differs from the written one. Drawn one by
one, their letters would be wrong, so they are not drawn at all.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from babel.core import get_global
from django.contrib.staticfiles import finders
from reportlab.pdfbase.ttfonts import TTFont

FONTS = ("wagtail_payments/fonts/NotoSans-Regular.ttf", "wagtail_payments/fonts/NotoSans-Bold.ttf")
PLACEHOLDER = "[?]"
SCRIPTS = frozenset({"Latn", "Grek", "Cyrl"})

_BLOCKS = (
    (0x20, 0x52F),
    (0x1C80, 0x1C8F),
    (0x1D00, 0x2BFF),
    (0x2C60, 0x2C7F),
    (0x2DE0, 0x2E7F),
    (0xA640, 0xA69F),
    (0xA720, 0xA7FF),
    (0xAB30, 0xAB6F),
    (0xFB00, 0xFB06),
    (0xFE20, 0xFE2F),
)
"""The Unicode blocks of these scripts and signs (https://www.unicode.org/Public/UNIDATA/Blocks.txt)."""

_COLUMN, _SIZE = 114, 10
"""The width of the narrowest column with a name, and its font size, in points."""

_SCRIPT_LENGTH = 4
_UNSEEN = ("Cc", "Cf")
_LOST = "\ufffd"
_WORD = re.compile(r"\S{12,}")


def printable(text: str) -> tuple[str, bool]:
    """Return ``text`` with placeholders for characters that cannot be printed, and whether there were any.

    Invisible characters (zero-width, directional marks) are removed.
    """
    composed = unicodedata.normalize("NFC", text)
    shown = composed.translate({ord(char): _shown(char) for char in set(composed)})
    return re.sub(f"{_LOST}+", PLACEHOLDER, shown), _LOST in shown


def breakable(text: str) -> str:
    """Return ``text`` with breaks in each word that is too long for a column of a receipt."""
    return _WORD.sub(lambda match: " ".join(_parts(match[0])), text)


def language_is_printed(code: str) -> bool:
    """Tell whether receipts can be printed in a language (a Django language code)."""
    language, *subtags = code.replace("-", "_").split("_")
    named = {tag.title() for tag in subtags if len(tag) == _SCRIPT_LENGTH}
    likely = get_global("likely_subtags").get(language, "")
    return named <= SCRIPTS if named else bool(SCRIPTS & set(likely.split("_")))


def _parts(word: str) -> Iterator[str]:
    """Yield the parts of ``word`` that fit, measured in the bold font, which is wider."""
    part, width = "", 0.0
    for char in word:
        wide = _fonts()[1].stringWidth(char, _SIZE)
        if part and width + wide > _COLUMN:
            yield part
            part, width = "", 0.0
        part, width = part + char, width + wide
    yield part


@lru_cache(maxsize=1000)
def _shown(char: str) -> str:
    if char == "\n" or _is_printed(char):
        return char
    if char.isspace():
        return " "
    unseen = unicodedata.category(char) in _UNSEEN or "\ufe00" <= char <= "\ufe0f"
    return "" if unseen else _LOST


def _is_printed(char: str) -> bool:
    code = ord(char)
    if unicodedata.category(char) in _UNSEEN:
        return False
    return code in _glyphs() and any(first <= code <= last for first, last in _BLOCKS)


@cache
def _glyphs() -> frozenset[int]:
    """Return the code points that both fonts have."""
    regular, bold = (frozenset(font.face.charToGlyph) for font in _fonts())
    return regular & bold


@cache
def _fonts() -> tuple[TTFont, ...]:
    """Return the regular and the bold font, which are read once."""
    return tuple(TTFont(name, finders.find(name)) for name in FONTS)
