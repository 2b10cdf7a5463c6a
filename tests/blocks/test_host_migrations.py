"""Migrations of host sites import nothing from this package, which may change."""

import re

from django.db.migrations import Migration
from django.db.migrations.operations import CreateModel
from django.db.migrations.writer import MigrationWriter
from wagtail.fields import StreamField

from wagtail_payments.blocks import PaymentBlock, ProductChooserBlock


def migration_source():
    """Return the migration of a model with this package's blocks, as makemigrations writes it."""
    blocks = [("payment", PaymentBlock()), ("product", ProductChooserBlock(required=False))]
    operation = CreateModel("Page", [("body", StreamField(blocks))])
    migration = type("Migration", (Migration,), {"operations": [operation], "dependencies": []})
    return MigrationWriter(migration("0001_initial", "site")).as_string()


def test_only_the_product_model_is_referenced():
    assert set(re.findall(r"wagtail_payments[\w.]*", migration_source())) == {
        "wagtail_payments.Product"
    }


def test_providers_are_not_part_of_the_migration(settings):
    before = migration_source()
    providers = settings.WAGTAIL_PAYMENTS["PROVIDERS"]
    settings.WAGTAIL_PAYMENTS = {
        **settings.WAGTAIL_PAYMENTS,
        "PROVIDERS": {**providers, "another": providers["offline"]},
    }
    assert "another" not in migration_source()
    drop_header = re.compile(r"^#.*$", re.M)
    assert drop_header.sub("", migration_source()) == drop_header.sub("", before)


def test_the_migration_can_be_loaded():
    loaded = {}
    exec(compile(migration_source(), "0001_initial.py", "exec"), loaded)
    (operation,) = loaded["Migration"].operations
    block = dict(operation.fields)["body"].stream_block.child_blocks["payment"]
    assert set(block.child_blocks) == set(PaymentBlock().child_blocks)
