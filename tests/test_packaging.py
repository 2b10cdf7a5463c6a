"""The wheel contains the package and nothing else, and works in a site that follows the README."""

import os
import re
import shutil
import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
NEEDED = ("pyproject.toml", "setup.cfg", "README.md", "LICENSE")
EXISTING_SETTINGS = """
from pathlib import Path

BASE_DIR = Path(__file__).parent
SECRET_KEY = "x" * 50
DEBUG = USE_TZ = True
ROOT_URLCONF = "existing_urls"
STATIC_URL = "/static/"
WAGTAIL_SITE_NAME = "A site"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
INSTALLED_APPS = [
    *(f"wagtail.{name}" for name in ("sites users snippets documents images search admin").split()),
    "wagtail", "modelcluster", "taggit", "django_filters", "django.contrib.auth",
    "django.contrib.contenttypes", "django.contrib.messages", "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
"""
EXISTING_URLS = """
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [path("admin/", include(wagtailadmin_urls)), path("", include(wagtail_urls))]
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy, so that the build leaves nothing behind."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(
        ROOT / "wagtail_payments",
        source / "wagtail_payments",
        ignore=shutil.ignore_patterns("__pycache__", ".*"),
    )
    for name in NEEDED:
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    result = subprocess.run(build, cwd=source, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (path,) = (source / "dist").iterdir()
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with a site's settings, extended as in the README, and the contents of the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    settings, urls = lines.split("# urls.py")
    (folder / "existing_site.py").write_text(EXISTING_SETTINGS + settings, encoding="utf-8")
    (folder / "existing_urls.py").write_text(f"{EXISTING_URLS}# {urls}", encoding="utf-8")
    return folder


def manage(folder, *command):
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "DJANGO_SETTINGS_MODULE": "existing_site",
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_contains_exactly_the_package(wheel):
    files = (path for path in (ROOT / "wagtail_payments").rglob("*") if path.is_file())
    expected = {
        str(path.relative_to(ROOT))
        for path in files
        if not any(part == "__pycache__" or part[0] == "." for part in path.relative_to(ROOT).parts)
    }
    names = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == expected


def test_the_wheel_contains_all_kinds_of_files(wheel):
    names = set(ZipFile(wheel).namelist())
    assert {
        "wagtail_payments/locale/de/LC_MESSAGES/django.mo",
        "wagtail_payments/py.typed",
        "wagtail_payments/migrations/0001_initial.py",
        "wagtail_payments/static/wagtail_payments/checkout.js",
        "wagtail_payments/templates/wagtail_payments/base.html",
        "wagtail_payments/sandbox/migrations/0001_initial.py",
    } <= names


def test_the_metadata_lists_requirements(wheel):
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    assert metadata["Name"] == "wagtail-payments"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert metadata["Requires-Python"] == ">=3.11"
    # Developer requirements are dependency groups, which are not part of the wheel.
    assert metadata["Provides-Extra"] is None
    needed = metadata.get_all("Requires-Dist")
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+>=[0-9.]+", line) for line in needed), needed


def test_a_site_that_follows_the_readme_runs_the_wheel(installed):
    code = "import wagtail_payments; print(wagtail_payments.__file__)"
    assert str(installed) in manage(installed, "shell", "--verbosity", "0", "-c", code).stdout


def test_a_site_that_follows_the_readme_passes_its_checks(installed):
    result = manage(installed, "check", "--fail-level", "WARNING")
    assert (result.returncode, result.stderr) == (0, "")


def test_a_site_that_follows_the_readme_has_no_missing_migrations(installed):
    result = manage(installed, "makemigrations", "--check", "--dry-run")
    assert (result.returncode, result.stdout.strip()) == (0, "No changes detected")
