#!/bin/sh
# Installs Chromium for the browser tests if it is missing; $1 is the Python with Playwright.
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
    # chromium-headless-shell is smaller and faster, but not every Debian release has it.
    for name in chromium-headless-shell chromium; do
        if apt-get install -y -qq --no-install-recommends "$name" >/dev/null 2>&1; then
            exit 0
        fi
    done
elif "$python" -m playwright install chromium >/dev/null 2>&1; then
    exit 0
fi
echo "The browser tests need Chromium, which could not be installed. Install the package \"chromium\" and run make test again." >&2
exit 1
