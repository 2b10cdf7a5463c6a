"""All migrations on an empty database create the tables and first rows of the test database."""

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


def connect(folder):
    return ConnectionHandler({"default": database(folder)})["default"]


def tables(cursor):
    """Return the columns of each table, and types and constraints of this package's tables."""
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


def read_database(folder):
    connection = connect(folder)
    try:
        with connection.cursor() as cursor:
            return tables(cursor), first_rows(cursor)
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.db
def test_migrations_create_the_database_of_the_tests(migrated, db):
    created, rows = read_database(migrated)
    expected, expected_rows = read_database(PREPARED)
    assert created.pop("django_migrations")
    assert created == expected
    assert rows == expected_rows


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check_changes=True, dry_run=True)
