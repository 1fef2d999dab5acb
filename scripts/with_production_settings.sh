#!/bin/sh
# Runs a command with settings as a production installation has them; nothing is connected to.
set -eu
exec env GOFLY_ENV=production DEBUG=0 \
    SECRET_KEY="$(od -An -N48 -tx1 /dev/urandom | tr -d ' \n')" \
    ALLOWED_HOSTS=chat.example.com GOFLY_PUBLIC_URLS=https://chat.example.com \
    GOFLY_TRUSTED_PROXIES=127.0.0.1 DATABASE_URL=postgresql://gofly:gofly@127.0.0.1/gofly \
    "$@"
