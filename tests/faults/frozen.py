"""A worker is stopped（SIGSTOP）between its work and its writing, another one does the work, then the first goes on（F10）."""

import os
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tests.support.town import Process, Town
from todoke.casework.handover import jobs as handover
from todoke.casework.handover.adapters.http_inbox import HttpInbox
from todoke.casework.intake import jobs as intake
from todoke.casework.notify.adapters.portal_api import PortalStatuses
from todoke.casework.relay import jobs as relay
from todoke.cli import work

from .planted import patched

LEASE_RUNS_OUT = 1.2  # seconds; the lease of a trial is one
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Moment:
    """Around the first call of this: outside any transaction, because a frozen one would hold everybody's locks."""

    name: str
    owner: Any
    door: str
    is_after: bool = False


MOMENTS = (
    Moment("packages fetched, not recorded", relay._Reading, "_record"),
    Moment("packages judged, not stored", intake._Bench, "_store"),
    Moment("batch built, not written", handover, "assemble"),
    Moment("batch laid down, not noted", HttpInbox, "send", is_after=True),
    Moment("receipts fetched, not taken", HttpInbox, "receipts", is_after=True),
    Moment("notice sent, not noted", PortalStatuses, "register", is_after=True),
)


def trial(town: Town, moment: Moment) -> bool:
    """Freeze one worker at a moment until its leases have run out and another has worked; whether it came so far."""
    sleeper = Process(lambda: _work_and_stop_at(moment))
    sleeper.start()
    _, status = os.waitpid(sleeper.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        sleeper.pid = 0
        return False
    time.sleep(LEASE_RUNS_OUT)
    town.drain(10.0)
    os.kill(sleeper.pid, signal.SIGCONT)
    _, status = os.waitpid(sleeper.pid, 0)
    sleeper.pid = 0
    assert status == 0, f"the worker that was frozen ended with status {status}"
    return True


def _work_and_stop_at(moment: Moment) -> None:
    real = getattr(moment.owner, moment.door)
    has_stopped: list[bool] = []

    def stopping(*arguments: Any, **options: Any) -> Any:
        if has_stopped:
            return real(*arguments, **options)
        has_stopped.append(True)
        answer = real(*arguments, **options) if moment.is_after else None
        os.kill(os.getpid(), signal.SIGSTOP)
        return answer if moment.is_after else real(*arguments, **options)

    with ExitStack() as stack:
        stack.enter_context(patched(moment.owner, moment.door, stopping))
        worker = work.Worker()
        for _ in range(ROUNDS):
            worker.round()
            if has_stopped:
                return
