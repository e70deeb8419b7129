#!/bin/sh
# Makes .venv from the hashed lock files, quietly; does nothing when it already stands.
#   requirements/prepare.sh run   what serving needs (base, postgres)
#   requirements/prepare.sh dev   the same and the tools of tests, types and lint
# With a folder wheels/ (requirements/carry.sh makes it where there is a network), nothing is asked for outside.
set -eu
cd "$(dirname "$0")/.."
kind="${1:-dev}"
python="${PYTHON:-python3}"
venv=.venv
run_locks="requirements/base.txt requirements/postgres.txt"
dev_locks="requirements/dev.txt"

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 以上が必要です (Python 3.11 or later is needed): PYTHON=… make setup" >&2
    exit 1
fi
here="$(pwd) $("$python" -V)"
fingerprint() { { echo "$here"; cat "$@" requirements/prepare.sh; } | cksum | tr ' ' '-'; }
run_stamp="$venv/ready-run-$(fingerprint $run_locks)"
dev_stamp="$venv/ready-dev-$(fingerprint $dev_locks)"
case "$kind" in
run) locks="$run_locks" stamp="$run_stamp" ;;
dev) locks="$dev_locks" stamp="$dev_stamp" ;;
*) echo "usage: requirements/prepare.sh run|dev" >&2; exit 2 ;;
esac
# The tools' environment holds everything that serving needs.
if [ -e "$stamp" ] || [ -e "$dev_stamp" ]; then exit 0; fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "venv がありません (venv is missing): apt-get install -y git make python3-venv" >&2
    exit 1
fi
echo "環境を準備しています (preparing $venv, a minute or two) …" >&2
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
hint="外に出られない機械では、requirements/carry.sh で集めた wheels/ を置いてください (no network: docs/operations/install.md)"
quietly() {
    "$@" >"$log" 2>&1 || { cat "$log" >&2; echo "準備に失敗しました (setup failed): $*" >&2; echo "$hint" >&2; exit 1; }
}
# Another Python, or a moved folder: the scripts inside would point nowhere.
if [ -e "$venv/home" ] && [ "$(cat "$venv/home")" != "$here" ]; then rm -rf "$venv"; fi
if [ ! -x "$venv/bin/python" ]; then quietly "$python" -m venv "$venv"; fi
echo "$here" >"$venv/home"
rm -f "$venv"/ready-*
pip="$venv/bin/python -m pip --disable-pip-version-check --no-input"
from=""
if [ -d wheels ]; then from="--no-index --find-links wheels"; fi
for lock in $locks; do
    quietly $pip install --require-hashes --no-deps $from -r "$lock"
done
quietly $pip install --no-deps --no-build-isolation --no-index -e .
# samples/ and sandbox/ are packages beside src/: the demo and the tests import them, the product does not.
pwd >"$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/todoke-repository.pth"
: >"$stamp"
