#!/bin/sh
# Gathers what an installation needs into wheels/, to be carried to a machine that reaches nothing outside.
#   requirements/carry.sh run   what serving needs, with S3 and traces    (run it on Debian 12, same processor)
#   requirements/carry.sh dev   the tools of tests, types and lint as well
# Put the folder beside src/ there; requirements/prepare.sh then takes everything from it, by hash as always.
set -eu
cd "$(dirname "$0")/.."
case "${1:-run}" in
run) locks="base postgres s3 telemetry" ;;
dev) locks="dev" ;;
*) echo "usage: requirements/carry.sh run|dev" >&2; exit 2 ;;
esac
requirements/prepare.sh run # for its pip: Debian's own Python has none
for lock in $locks; do
    .venv/bin/python -m pip download --quiet --disable-pip-version-check --no-input --require-hashes --no-deps \
        --only-binary :all: --dest wheels -r "requirements/$lock.txt"
done
echo "wheels/ に $(ls wheels | wc -l | tr -d ' ') 個の部品を集めました。このフォルダごと、外に出られない機械のリポジトリの直下へ運んでください。"
