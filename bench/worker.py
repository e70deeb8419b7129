"""`python -m bench.worker`: one worker process over a bundle; started by bench/workers.py, which says when to begin.

It reads its order as JSON from the first line of its input, says that it is ready, waits for a second line, receives
its share durably, judges and stores whatever is due, and tells what that has cost. Where the order names a core, it
and its confined children stay on that one.
"""

import json
import os
import resource
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any


def main() -> None:
    """Do as ordered. The environment says where the installation is."""
    order = json.loads(sys.stdin.readline())
    if order["core"] is not None:
        os.sched_setaffinity(0, {order["core"]})  # before the spawner is started, which inherits it
    import django

    django.setup()
    from todoke.casework.intake import queries
    from todoke.casework.relay.queries import channel as channel_named
    from todoke.foundation.fence import scope

    from .intake import open_until_drained, receive
    from .meters import measure
    from .packages import TOWN, Listed

    share = [
        Listed(Path(path), number, datetime.fromisoformat(at), "") for path, number, at in order["packages"]
    ]
    queries.confinement()  # the spawner is up before the clock runs
    queries.trust()
    with scope(TOWN, read_only=True):
        channel = channel_named("hand")
    Path("/proc/self/clear_refs").write_text(
        "5"
    )  # the peak counts from here, not from before this program was loaded
    print("ready", flush=True)
    sys.stdin.readline()

    def work() -> None:
        receive(channel, share, batch=order["batch"])
        open_until_drained(order["owner"], batch=order["batch"])

    began = time.time()
    cost = measure(work)
    print(json.dumps(_told(cost.cpu, cost.fsyncs, began, began + cost.wall)), flush=True)


def _told(cpu: float, fsyncs: int, began: float, ended: float) -> dict[str, Any]:
    from todoke.foundation import confined

    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    confined.close_crews()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "cpu": cpu,
        "fsyncs": fsyncs,
        "began": began,
        "ended": ended,
        "peak": own * 1024,
        "child": child * 1024,
    }


if __name__ == "__main__":
    main()
