#!/bin/sh
# Recreates the initial migration of each app; $1 is the virtual environment's bin folder.
# Before 0.1.0 there is no release to upgrade from, so table changes go into the initial migration.
set -eu
bin=$1

rm -f wagtail_payments/migrations/0*.py wagtail_payments/sandbox/migrations/0*.py
rm -f tests/testapp/migrations/0*.py example_site/orchard/migrations/0*.py
DJANGO_SETTINGS_MODULE=tests.settings "$bin/python" -m django makemigrations --verbosity 0 --no-header \
    wagtail_payments wagtail_payments_sandbox testapp
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
EXAMPLE_SITE_VAR="$scratch" "$bin/python" example_site/manage.py makemigrations --verbosity 0 --no-header orchard

# Sites may have a custom image model, and the oldest supported Wagtail has fewer migrations.
sed -i \
    -e "s/('wagtailcore', '[0-9a-z_]*')/('wagtailcore', '0094_alter_page_locale')/" \
    -e "s/('wagtailimages', '[0-9a-z_]*')/migrations.swappable_dependency(get_image_model_string())/" \
    -e "s/to='wagtailimages.image'/to=get_image_model_string()/" \
    -e "s/^from django.db import migrations, models$/&\nfrom wagtail.images import get_image_model_string/" \
    wagtail_payments/migrations/0001_initial.py
sed -i -e "s/('wagtailcore', '[0-9a-z_]*')/('wagtailcore', '0094_alter_page_locale')/" \
    tests/testapp/migrations/0001_initial.py example_site/orchard/migrations/0001_initial.py
