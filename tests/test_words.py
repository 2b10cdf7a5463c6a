"""Texts that people read are plain American English."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
BANNED = re.compile(
    r"\b(whoever|somebody|nobody|anybody|everybody|deeds?|owe[ds]?|machinery|thereby|henceforth"
    r"|e-mails?|mend(s|ed)?|drifts?|given up|leave it at that|any more"
    r"|cancelled|colour|catalogue|cheque|neighbour|licence|grey|behaviour)\b",
    re.IGNORECASE,
)
SOURCES = ("wagtail_payments", "example_site")
PAGES = ("docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
QUOTED = re.compile(r"`[^`\n]*`|https?://\S+|\*\*[^*\n]+\*\*|[“\"][^”\"\n]*[”\"]")
"""Code, addresses, and quoted or bold labels in pages are quotations."""


def files(names, suffixes):
    for name in names:
        path = ROOT / name
        found = [path] if path.is_file() else path.rglob("*")
        yield from (file for file in found if file.suffix in suffixes and file.is_file())


def banned(text):
    return sorted({match[0].lower() for match in BANNED.finditer(text)})


def python_texts(source):
    """Yield the docstrings and other strings of a module that have more than one word."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value
    yield from re.findall(r"#\s(.*)", source)


@pytest.mark.parametrize("text", ["Whoever", "an e-mail", "a cheque", "It was given up."])
def test_banned_words_are_found(text):
    assert banned(text)


def test_strings_and_comments():
    found = {
        f"{file.relative_to(ROOT)}: {text[:60]}": words
        for file in files(SOURCES, {".py"})
        if "migrations" not in file.parts
        for text in python_texts(file.read_text(encoding="utf-8"))
        if (words := banned(text))
    }
    assert found == {}


def test_templates_and_scripts():
    found = {
        str(file.relative_to(ROOT)): words
        for file in files(SOURCES, {".html", ".txt", ".js", ".css"})
        if (words := banned(file.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_documentation():
    found = {
        str(file.relative_to(ROOT)): words
        for file in files(PAGES, {".md"})
        if (words := banned(QUOTED.sub("", file.read_text(encoding="utf-8"))))
    }
    assert found == {}


def test_messages():
    catalog = ROOT / "wagtail_payments/locale/de/LC_MESSAGES/django.po"
    with catalog.open("rb") as file:
        messages = [message.id for message in read_po(file) if message.id]
    texts = [text for ids in messages for text in ([ids] if isinstance(ids, str) else ids)]
    assert len(texts) > 500
    assert [text for text in texts if banned(text)] == []
