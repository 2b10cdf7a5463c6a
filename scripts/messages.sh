#!/bin/sh
# Updates and compiles the German messages of the package and its sandbox.
# Needs GNU gettext; $1 is the virtual environment's bin folder.
set -eu
bin=$(cd "$1" && pwd)

cd wagtail_payments
"$bin/django-admin" makemessages --locale de --no-location --no-wrap --no-obsolete
"$bin/django-admin" compilemessages --locale de
