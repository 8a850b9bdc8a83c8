#!/usr/bin/env bash
# Installs PostgreSQL, Chromium, strace, systemd and Caddy (for checking the files of deploy/) from the system's packages where they are missing and the user may; else says so loudly.
# With CONSULT_TEST_EVERYTHING set, a missing part is a failure.
set -u

missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v strace >/dev/null || missing+=(strace)
command -v systemd-analyze >/dev/null || missing+=(systemd)
command -v caddy >/dev/null || missing+=(caddy)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
fi
if command -v apt-get >/dev/null && [ "${as_root[0]:-}" != false ]; then
  echo "The tests need ${missing[*]}; installing from the system's packages."
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
fi

echo "**************************************************************************************************"
echo "  NOT INSTALLED: ${missing[*]}"
echo "  The tests that need it are LEFT OUT. To run everything: apt-get install ${missing[*]}"
echo "**************************************************************************************************"
[ -z "${CONSULT_TEST_EVERYTHING:-}" ] || exit 1
