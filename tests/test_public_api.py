"""The public API, as docs/reference/public-api.md lists it, exists and is complete."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.template.loader import get_template

from wagtail_payments import conf
from wagtail_payments.templatetags.wagtail_payments_tags import register

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "wagtail_payments" / "templates"
INTERNAL = ("wagtail_payments/admin/", "wagtail_payments/icons/")


def listed(heading):
    """Return the names in the tables below a heading."""
    page = (ROOT / "docs" / "reference" / "public-api.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.M | re.DOTALL)
    return re.findall(r"^\| `([^`]+)` \|", section, re.M)


@pytest.mark.parametrize("path", listed("Python"))
def test_every_import_path_works(path):
    try:
        import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        assert hasattr(import_module(module), name)


def test_all_settings_are_listed():
    assert set(listed("Settings")) == conf.names()


def test_all_commands_are_listed():
    commands = get_commands().items()
    commands_of_package = {
        name for name, app in commands if str(app).startswith("wagtail_payments")
    }
    assert set(listed("Management commands")) == commands_of_package


def test_all_tags_are_listed():
    assert set(listed("Template tags")) == set(register.tags)


def test_all_templates_that_sites_may_override_are_listed():
    files = (path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
    names = {path.relative_to(TEMPLATES).as_posix() for path in files}
    assert set(listed("Templates")) == {n for n in names if not n.startswith(INTERNAL)}
    for name in names:
        get_template(name)
