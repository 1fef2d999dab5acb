#!/bin/sh
# Installs the programs that tests start and Debian packages carry, when we are root and may.
set -eu

missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
font() { fc-list 2>/dev/null | grep -q "$1" || missing="$missing $2"; }

need chromium chromium
need redis-server redis-server
need msgfmt gettext
need node nodejs
need npm npm
need fc-list fontconfig
font NotoSansCJK fonts-noto-cjk
font NotoColorEmoji fonts-noto-color-emoji
"${PYTHON:-python3}" -c "import ensurepip, venv" 2>/dev/null || missing="$missing python3-venv"

[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Tests need these packages, install them first:$missing" >&2
    exit 1
fi

echo "Installing$missing ..."
# Packages must not start services of their own: tests start what they need.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    trap 'rm -f $policy' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 (a list of names)
apt-get install -y -qq --no-install-recommends $missing >/dev/null
