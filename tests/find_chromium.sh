#!/bin/sh
# Browser tests use the Chromium they find; Debian's is installed where we may. Never left out in continuous integration.
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's chromium for the browser tests ..."
  { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; } >/dev/null 2>&1 && exit 0
fi
if [ -n "${SOHOA_CI:-}" ]; then
  echo "No Chromium and none could be installed: the browser tests may not be left out here." >&2
  exit 1
fi
echo "******************************************************************" >&2
echo "* No Chromium found: THE BROWSER TESTS WILL BE LEFT OUT.         *" >&2
echo "* Install one (Debian: apt-get install chromium) and run again.  *" >&2
echo "******************************************************************" >&2
