"""A site's migrations import nothing of this package, which may change or be removed."""

import re

from django.db.migrations import Migration
from django.db.migrations.operations import CreateModel
from django.db.migrations.writer import MigrationWriter
from wagtail.fields import StreamField

from wagtail_payments.blocks import PaymentBlock, ProductChooserBlock


def written():
    """Return the migration of a model with our blocks, as makemigrations writes it."""
    blocks = [("payment", PaymentBlock()), ("product", ProductChooserBlock(required=False))]
    operation = CreateModel("Page", [("body", StreamField(blocks))])
    migration = type("Migration", (Migration,), {"operations": [operation], "dependencies": []})
    return MigrationWriter(migration("0001_initial", "site")).as_string()


def test_only_the_model_of_products_is_named():
    assert set(re.findall(r"wagtail_payments[\w.]*", written())) == {"wagtail_payments.Product"}


def test_the_providers_of_a_site_are_not_frozen(settings):
    before = written()
    providers = settings.WAGTAIL_PAYMENTS["PROVIDERS"]
    settings.WAGTAIL_PAYMENTS = {
        **settings.WAGTAIL_PAYMENTS,
        "PROVIDERS": {**providers, "another": providers["offline"]},
    }
    assert "another" not in written()
    drop_header = re.compile(r"^#.*$", re.M)
    assert drop_header.sub("", written()) == drop_header.sub("", before)


def test_the_migration_can_be_loaded():
    loaded = {}
    exec(compile(written(), "0001_initial.py", "exec"), loaded)
    (operation,) = loaded["Migration"].operations
    block = dict(operation.fields)["body"].stream_block.child_blocks["payment"]
    assert set(block.child_blocks) == set(PaymentBlock().child_blocks)
