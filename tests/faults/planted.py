"""Known bugs, put in by patching in the tests only: the suite must catch each of them（tests of the tests）."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from todoke.casework.relay import jobs as relay
from todoke.casework.relay.adapters.base import Source
from todoke.casework.relay.values import Arrival, ChannelKind, ChannelRef
from todoke.foundation import leases
from todoke.foundation.claims import Claim
from todoke.foundation.rows import LeasedRow
from todoke.foundation.vault.services import segments


@contextmanager
def patched(owner: Any, name: str, bug: Callable[..., Any]) -> Iterator[None]:
    """Another function in the place of one, for a while."""
    right = getattr(owner, name)
    setattr(owner, name, bug)
    try:
        yield
    finally:
        setattr(owner, name, right)


@contextmanager
def no_directory_fsync() -> Iterator[None]:
    """The bytes of a new segment are made durable, its name is not."""

    def forgotten(folder: Path) -> None:
        return None

    with patched(segments, "fsync_folder", forgotten):
        yield


@contextmanager
def acknowledged_before_commit() -> Iterator[None]:
    """The source is told that a package is stored before its row is committed: the folder puts the file away."""
    record = relay._Reading._record

    def hasty(reading: relay._Reading, source: Source, arrivals: list[Arrival]) -> None:
        for one in arrivals:
            source.stored(one.listed)
        record(reading, _Deaf(), arrivals)  # type: ignore[arg-type]  # only `stored` is called

    with patched(relay._Reading, "_record", hasty):
        yield


class _Deaf:
    """A source that has been told already."""

    def stored(self, listed: object) -> None:
        return None


@contextmanager
def unfenced_lease() -> Iterator[None]:
    """A worker believes that what it has claimed once is its own for ever."""

    def all_mine(model: type[LeasedRow], claims: Iterable[Claim]) -> set[int]:
        return {claim.id for claim in claims}

    with patched(leases, "still_mine", all_mine):
        yield


@contextmanager
def swallowed_fsync() -> Iterator[None]:
    """The vault takes a failed fsync of a segment for a good one（for the sweep, whose failed fsync loses the tail）."""
    sync = segments.Segment.sync

    def deaf(segment: segments.Segment) -> None:
        with suppress(OSError):
            sync(segment)

    with patched(segments.Segment, "sync", deaf):
        yield


@contextmanager
def swallowed_write() -> Iterator[None]:
    """The vault takes a failed write to a segment for a good one."""
    append = segments.Segment.append

    def deaf(segment: segments.Segment, piece: bytes) -> None:
        with suppress(OSError):
            append(segment, piece)

    with patched(segments.Segment, "append", deaf):
        yield


BY_NAME: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "nothing": nullcontext,
    "swallowed_fsync": swallowed_fsync,
    "swallowed_write": swallowed_write,
}


def die_at_the_first_record() -> None:
    """For a forked worker: kill -9 at the moment when fetched packages of a folder are about to be recorded."""
    from todoke.casework.relay import services

    def die(*_arguments: object, **_options: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    record = services.receive_packages

    def dying(channel: ChannelRef, *arguments: Any, **options: Any) -> Any:
        return (die if channel.kind is ChannelKind.FOLDER else record)(channel, *arguments, **options)

    services.receive_packages = dying  # a forked child only
