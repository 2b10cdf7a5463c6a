"""The translations of the package: complete, well-formed and compiled."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.formats import date_format

import wagtail_payments
from wagtail_payments.enums import Mode
from wagtail_payments.selectors.payments.declines import decline_message

FOLDERS = sorted(Path(wagtail_payments.__file__).parent.glob("locale/*/LC_MESSAGES"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def catalog(folder):
    with (folder / "django.po").open("rb") as file:
        return dict(texts(read_po(file)))


def texts(messages):
    """Yield each text and its translation, and both forms of plurals."""
    for message in messages:
        if not isinstance(message.id, str):
            yield from zip(message.id, message.string, strict=True)
        elif message.id:
            yield message.id, message.string


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_text_is_translated_with_its_placeholders(folder):
    found = catalog(folder)
    assert len(found) > 200
    for text, translated in found.items():
        assert translated, text
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(translated)), text


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_compiled_catalogs_are_up_to_date(folder):
    with (folder / "django.mo").open("rb") as file:
        compiled = dict(texts(read_mo(file)))
    assert compiled == catalog(folder)


def test_german_is_available():
    with translation.override("de"):
        assert decline_message("expired_card").startswith("Diese Karte ist abgelaufen")


def test_translations_do_not_override_other_packages():
    """Django merges catalogs, so a word with another meaning elsewhere needs a context."""
    with translation.override("de"):
        assert date_format(date(2026, 5, 1), "F") == "Mai"
        assert translation.gettext("Live") != Mode.LIVE.label == "Echt"
