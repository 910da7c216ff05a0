#!/bin/sh
# Finds the Chromium the browser tests drive; else installs one: apt-get as root, else playwright's own download.
cd "$(dirname "$0")/.." || exit 1

find_browser() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  [ -n "$(.venv/bin/python -c '
from playwright.sync_api import sync_playwright
import pathlib
with sync_playwright() as p:
    path = p.chromium.executable_path
    print(path if pathlib.Path(path).is_file() else "")' 2>/dev/null)" ]
}

find_browser && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests (once) …"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core fonts-noto-cjk; } \
    >/dev/null 2>&1 && find_browser && exit 0
fi
echo "Downloading a Chromium for the browser tests (once) …"
.venv/bin/python -m playwright install chromium >/dev/null 2>&1 && find_browser && exit 0
echo "NO BROWSER: there is no Chromium and none could be installed. The browser tests will be SKIPPED." >&2
exit 0
