#!/bin/sh
# Sees to it that there is a Chromium for the browser tests; $1 is the Python that has Playwright.
set -eu
python=$1

for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if "$python" scripts/playwright_chromium.py >/dev/null 2>&1; then
    exit 0
fi

echo "Installing Chromium for the browser tests …"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1 || true
    # Without windows it is smaller, and the tests take less time; not every Debian has it.
    for name in chromium-headless-shell chromium; do
        if apt-get install -y -qq --no-install-recommends "$name" >/dev/null 2>&1; then
            exit 0
        fi
    done
elif "$python" -m playwright install chromium >/dev/null 2>&1; then
    exit 0
fi
echo "The browser tests need Chromium, and it could not be installed: install the package \"chromium\" and run make test again." >&2
exit 1
