#!/bin/sh
# All tests on SQLite once, and the branch coverage of the package; $1 is the virtual environment's bin folder.
set -eu
bin=$1

"$bin/coverage" erase
"$bin/coverage" run -m pytest -q
"$bin/coverage" combine --quiet
"$bin/coverage" report
