"""All migrations on an empty database: the tables of the models, and the rows that tests start with."""

import pytest
from django.core.management import call_command
from django.db.utils import ConnectionHandler

from tests.support.databases import PREPARED, database, drop_database, empty_database, run_in

FIRST_ROWS = (
    "SELECT language_code FROM wagtailcore_locale",
    "SELECT path, numchild, title, slug, url_path, live, locale_id FROM wagtailcore_page",
    "SELECT hostname, port, is_default_site, root_page_id FROM wagtailcore_site",
    "SELECT path, numchild, name FROM wagtailcore_collection",
    "SELECT app_label, model, codename FROM auth_permission"
    " JOIN django_content_type ON django_content_type.id = content_type_id",
)


@pytest.fixture
def migrated(tmp_path):
    empty_database(tmp_path)
    run_in(tmp_path, "django", "migrate", "--verbosity=0")
    yield tmp_path
    drop_database(tmp_path)


def opened(folder):
    return ConnectionHandler({"default": database(folder)})["default"]


def tables(cursor):
    """Return each table's columns; of our own tables, also their types and the constraints."""
    inspect = cursor.db.introspection
    found = {}
    for name in inspect.table_names(cursor):
        columns = inspect.get_table_description(cursor, name)
        found[name] = sorted(column.name for column in columns)
        if name.startswith("wagtail_payments"):
            constraints = inspect.get_constraints(cursor, name).values()
            found[name] = sorted(map(repr, [*columns, *constraints]))
    return found


def first_rows(cursor):
    found = []
    for statement in FIRST_ROWS:
        cursor.execute(statement)
        found.append(sorted(cursor.fetchall()))
    return found


def look(folder):
    connection = opened(folder)
    try:
        with connection.cursor() as cursor:
            return tables(cursor), first_rows(cursor)
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.db
def test_they_make_what_tests_start_with(migrated, db):
    made, rows = look(migrated)
    expected, expected_rows = look(PREPARED)
    assert made.pop("django_migrations")
    assert made == expected
    assert rows == expected_rows


@pytest.mark.django_db
def test_none_is_missing():
    call_command("makemigrations", check_changes=True, dry_run=True)
