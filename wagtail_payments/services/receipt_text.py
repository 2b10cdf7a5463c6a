"""Which characters a receipt's PDF shows: Latin, Greek and Cyrillic, and signs that its font has.

Other scripts need letters that join, or that stand in another order than they are written. Drawn one by
one they would say something else, so they aren't drawn at all.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache

from babel.core import get_global
from django.contrib.staticfiles import finders
from reportlab.pdfbase.ttfonts import TTFont

FONTS = "wagtail_payments/fonts/NotoSans-Regular.ttf", "wagtail_payments/fonts/NotoSans-Bold.ttf"
PLACEHOLDER = "□"
"""The fonts don't have it either: what they draw for that is this box."""

SCRIPTS = frozenset({"Latn", "Grek", "Cyrl"})

_LONGEST_WORD = 40
_SCRIPT_LENGTH = 4
_UNSEEN = ("Cc", "Cf")
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
    (0xFFFD, 0xFFFD),
)
"""Where Unicode has these scripts, and signs (https://www.unicode.org/Public/UNIDATA/Blocks.txt)."""


def printable(text: str) -> tuple[str, bool]:
    """Return ``text`` with a placeholder for what can't be printed, and whether there was any.

    What nobody sees (zero-width characters, marks that turn the direction) is left out.
    """
    if text.isascii() and text.isprintable():
        return text, False
    shown = "".join(_shown(char) for char in unicodedata.normalize("NFC", text))
    return shown, PLACEHOLDER in shown


def breakable(text: str) -> str:
    """Return ``text`` with a break in every word that is too long for a line of a receipt."""
    return " ".join(part for word in text.split(" ") for part in _parts(word))


def language_is_printed(code: str) -> bool:
    """Tell whether receipts can be written in a language, as Django names it."""
    language, *subtags = code.replace("-", "_").split("_")
    named = {tag.title() for tag in subtags if len(tag) == _SCRIPT_LENGTH}
    likely = get_global("likely_subtags").get(language, "")
    return named <= SCRIPTS if named else bool(SCRIPTS & set(likely.split("_")))


def _parts(word: str) -> Iterator[str]:
    if len(word) <= _LONGEST_WORD:
        yield word
        return
    for start in range(0, len(word), _LONGEST_WORD):
        yield word[start : start + _LONGEST_WORD]


def _shown(char: str) -> str:
    if char == "\n" or _is_printed(char):
        return char
    if char.isspace():
        return " "
    unseen = unicodedata.category(char) in _UNSEEN or "\ufe00" <= char <= "\ufe0f"
    return "" if unseen else PLACEHOLDER


def _is_printed(char: str) -> bool:
    code = ord(char)
    if unicodedata.category(char) in _UNSEEN:
        return False
    return code in _glyphs() and any(first <= code <= last for first, last in _BLOCKS)


@cache
def _glyphs() -> frozenset[int]:
    """Return the code points that both fonts have; read once."""
    fonts = [TTFont(name, finders.find(name)) for name in FONTS]
    regular, bold = (frozenset(font.face.charToGlyph) for font in fonts)
    return regular & bold
