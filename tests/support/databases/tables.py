"""Creates tables from the models, without migrations: ``python -m tests.support.databases.tables``.

Migrations take twenty times as long. ``tests/test_migrations.py`` compares the results.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import django


def main() -> None:
    """Create the tables, and the rows that Wagtail's migrations create."""
    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    make_search_index()
    make_first_rows()


def make_search_index() -> None:
    """Create the tables and indexes of full-text search, which only a migration defines."""
    from django.db import connection
    from wagtail.search import models

    migration = import_module("wagtail.search.migrations.0006_customise_indexentry").Migration
    with connection.schema_editor() as editor:
        if connection.vendor == "sqlite":
            editor.delete_model(models.SQLiteFTSIndexEntry)
        for statement in statements(migration.operations):
            editor.execute(statement)


def statements(operations: Iterable[Any]) -> Iterator[str]:
    """Yield the SQL of RunSQL operations."""
    from django.db.migrations import RunSQL, SeparateDatabaseAndState

    for operation in operations:
        if isinstance(operation, RunSQL):
            assert isinstance(operation.sql, str)
            yield operation.sql
        if isinstance(operation, SeparateDatabaseAndState):
            yield from statements(operation.database_operations)


def make_first_rows(**kwargs: object) -> None:
    """Create the root and home pages, the site and the root collection."""
    from django.conf import settings
    from wagtail.models import Collection, Locale, Page, Site

    locale = Locale.objects.create(language_code=settings.LANGUAGE_CODE)
    root = Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    home = Page(title="Welcome to your new Wagtail site!", slug="home", locale=locale)
    root.add_child(instance=home)
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    Collection.add_root(instance=Collection(name="Root"))


if __name__ == "__main__":
    main()
