#!/bin/sh
# Runs all static checks; $1 is the virtual environment's bin folder.
set -eu
bin=$1

"$bin/ruff" check --quiet .
"$bin/ruff" format --check --quiet .
"$bin/mypy" wagtail_payments example_site tests/support
git ls-files '*.html' | xargs "$bin/djade" --check --target-version 5.2
git ls-files '*.html' | grep -v /receipts/ | xargs "$bin/curlylint" --quiet
"$bin/lint-imports"
DJANGO_SETTINGS_MODULE=tests.settings "$bin/python" -m django makemigrations --check --dry-run
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
EXAMPLE_SITE_VAR="$scratch" "$bin/python" example_site/manage.py makemigrations --check --dry-run
echo "Lint: no errors."
