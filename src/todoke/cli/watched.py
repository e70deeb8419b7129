"""How a long-running process can be watched from outside: its lookout, its file of figures, its last words."""

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from todoke.foundation import logs, meters, traces
from todoke.foundation.errors import whereabouts
from todoke.foundation.health import Readiness
from todoke.foundation.lookout import Lookout, open_at

STUCK_SECONDS = 900.0  # a batch never takes so long: then the round hangs
FILE_SECONDS = 15.0
log = logging.getLogger("todoke.work")


@contextmanager
def watched(silent_for: Callable[[], float], *, with_originals: bool) -> Iterator[None]:
    """Around a worker: `silent_for` tells for how many seconds it has begun nothing new; a sealer has no originals."""
    logs.last_resort()
    readiness = Readiness(with_originals=with_originals)
    lookout = Lookout(is_alive=lambda: silent_for() < STUCK_SECONDS, readiness=readiness)
    with (
        looked_after(settings.TODOKE_WORK_LOOKOUT_LISTEN, lookout),
        written_down(settings.TODOKE_WORK_METRICS_FILE),
    ):
        try:
            yield
        finally:
            traces.send_all()


@contextmanager
def looked_after(address: str, lookout: Lookout) -> Iterator[None]:
    """Answer at the address while the block lasts; nowhere when it is empty. Raises OSError when it is taken."""
    if not address:
        yield
        return
    server = open_at(address, lookout)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def written_down(file: Path | None) -> Iterator[None]:
    """Write this process's figures to the file now, every 15 seconds and at the end; nothing without one."""
    if file is None:
        yield
        return
    is_over = threading.Event()

    def write_until_over() -> None:
        while not is_over.wait(FILE_SECONDS):
            write_figures(file)

    write_figures(file)
    threading.Thread(target=write_until_over, name="figures", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
        write_figures(file)


def write_figures(file: Path) -> None:
    """Replace the file as a whole, so that no reader sees half of it. A disk that refuses is told, and tried again."""
    draft = None
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "wb") as new:
            new.write(meters.exposition())
        os.chmod(draft, 0o644)
        os.replace(draft, file)
    except OSError as refusal:
        log.warning("work.figures_unwritten error=%s", whereabouts(refusal))
        if draft is not None:
            with suppress(OSError):
                os.unlink(draft)
