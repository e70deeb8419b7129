"""One journey of a trial: an installation of its own, workers beside this process, and the invariants at the end.

Speaks one word a line on standard output: `ready` when the work begins, `drained` when nothing is due any more,
`whole` when every invariant holds; then one line of JSON with what was counted.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

WORKERS = 2
Answer = TypeVar("Answer")


def _environment(state: Path) -> None:
    """The settings of the journey; the addresses of the database come from the caller's environment."""
    from samples.places import CLOCK

    offset = (CLOCK - datetime.now(UTC)).total_seconds()
    os.environ.update(
        TODOKE_VAR=str(state / "var"), TODOKE_CLOCK_OFFSET_SECONDS=str(offset), TODOKE_LEASE_SECONDS="10",
        TODOKE_RETRY_BASE_SECONDS="0.2", TODOKE_RETRY_LIMIT="1000", TODOKE_BATCH_LIMIT="3",
        DJANGO_SETTINGS_MODULE="todoke.settings",
    )  # fmt: skip


def say(word: str) -> None:
    """One line for the trial that listens."""
    print(word, flush=True)


def patiently(ask: Callable[[], Answer]) -> Answer:
    """The answer, asked again while the database is away (the trial goes on killing), for at most two minutes."""
    from django.db import InterfaceError, OperationalError, connection

    end = time.monotonic() + 120
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def main() -> int:
    """Carry the samples of `--data` through; 0 when all is whole."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    args = parser.parse_args()
    _environment(args.state)
    import django

    django.setup()
    from tests.support.town import Process, Town, _work, assert_nothing_is_lost
    from todoke.cli.migrate import bring_up_to_date

    bring_up_to_date()
    town = Town(args.data, args.state / "neighbours", json.loads((args.data / "truth.json").read_text()))
    workers = [Process(_work) for _ in range(WORKERS)]
    try:
        town.open()
        say("ready")
        for worker in workers:
            worker.start()
        begin = time.monotonic()
        drained = town.drain(patience=180)
        say("drained" if drained else "not drained")
        patiently(lambda: assert_nothing_is_lost(town))
        say("whole")
        say(json.dumps({"delivered": len(town.delivered()), "seconds": round(time.monotonic() - begin, 1)}))
    finally:
        for worker in workers:
            worker.kill()
        town.close()
    return 0 if drained else 1


if __name__ == "__main__":
    sys.exit(main())
