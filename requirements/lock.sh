#!/bin/sh
# Locks the dependencies anew, with hashes and without any registry's address. Needs uv; UV=… names another one.
set -eu
cd "$(dirname "$0")"
compile() {
    "${UV:-uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --annotation-style line "$@"
}
compile base.in -o base.txt
compile -c base.txt postgres.in -o postgres.txt
compile -c base.txt s3.in -o s3.txt
compile -c base.txt telemetry.in -o telemetry.txt
compile -c base.txt -c s3.txt exact.in -o exact.txt
compile -c base.txt -c postgres.txt -c s3.txt -c telemetry.txt dev.in -o dev.txt
if grep -n '://' ./*.txt; then
    echo "a lock names an address" >&2
    exit 1
fi
