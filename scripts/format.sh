#!/bin/sh
# Formats Python and templates; $1 is the virtual environment's bin folder.
set -eu
bin=$1

"$bin/ruff" check --fix --quiet .
"$bin/ruff" format --quiet .
git ls-files '*.html' | xargs "$bin/djade" --target-version 5.2
