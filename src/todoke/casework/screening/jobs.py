"""What the worker runs: take attachments up, scan and look into their contents, make copies of what is doubtful.

The scanner and the confined workers are spoken to outside any transaction.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import OperationalError

from todoke.casework.intake import queries as intake
from todoke.casework.intake.errors import AttachmentDamaged
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.confined import (
    Answer,
    ConfinedLimits,
    ConfinementFailed,
    ConfinementMissing,
    Question,
    crew_of,
)
from todoke.foundation.errors import whereabouts
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.objects import StorageAway
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.errors import BlobDamaged, KeyMissing, StoreFailed

from . import queries, services
from .adapters.base import Scanner
from .adapters.clamd import Clamd
from .errors import ScannerAway, ScannerMisnamed
from .rules import copies, looking, standings
from .values import (
    ClaimedContent,
    ClaimedCopy,
    CopyRefused,
    Engine,
    Inspection,
    MadeCopy,
    Scan,
    ScanOutcome,
)

log = logging.getLogger("todoke.screening")
CONTENTS = 32  # at a time: scanning takes its time, and a lease must outlast it
COPIES = 2
TAKEN_AT_ONCE = 10  # batches of a run: one application may bring many files
RUN_SECONDS = 20.0  # of one run: the worker has other jobs, and no case waits for screening
QUICK_SECONDS = 10.0  # for VERSION and the test file
LEASE_SECONDS = 600
LOOK_LIMITS = ConfinedLimits(memory_bytes=1_073_741_824, cpu_seconds=30, wall_seconds=60)
COPY_LIMITS = ConfinedLimits(
    memory_bytes=1_073_741_824, cpu_seconds=120, wall_seconds=240, output_bytes=copies.MOST_OUTPUT,
    readable=("/usr/share/fonts",),
)  # fmt: skip
SCANNERS: dict[str, Callable[..., Scanner]] = {"tcp": Clamd, "unix": Clamd}
NOT_THE_FILES_FAULT = (
    ConfinementMissing, ConfinementFailed, KeyMissing, OperationalError, StorageAway, StoreFailed,
)  # fmt: skip


def take_up(context: JobContext) -> int:
    """Note new attachments of one body; what came in before there was a scanner is noted for it too."""
    taken = 0
    for _ in range(TAKEN_AT_ONCE):
        with scope(context.organisation):
            batch = services.take_up(limit=context.limit, at=now())
        taken += batch
        if batch < context.limit:
            break
    if not queries.is_scanner_set_up():
        return taken
    with scope(context.organisation):
        return taken + services.scan_unscanned(limit=context.limit, at=now())


def screen(context: JobContext) -> int:
    """Scan and look into contents of one body that are due; returns how many were settled."""
    with scope(context.organisation):
        claimed = services.claim_contents(limit=min(context.limit, CONTENTS), by=_longer(context.by))
    return _Desk(context).settle(claimed) if claimed else 0


def make_copies(context: JobContext) -> int:
    """Make copies of one body that are due; returns how many were settled, made or not."""
    with scope(context.organisation):
        claimed = services.claim_copies(limit=min(context.limit, COPIES), by=_longer(context.by))
    actor = _actor(context)
    return sum(_copy(one, context.organisation, actor) for one in claimed)


def scanner_problems() -> list[str]:
    """What is wrong with the scanner now, as sentences; empty when it is well or when none is set up."""
    if not queries.is_scanner_set_up():
        return []
    try:
        scanner = _scanner(QUICK_SECONDS)
        engine = scanner.engine()
        scanner.prove()
    except (ScannerAway, ScannerMisnamed) as trouble:
        return [trouble.for_screen()]
    if queries.is_outdated(engine, at=now()):
        return ["ウイルス対策ソフトの定義ファイルが古いか、日付が分かりません。更新してください。"]
    return []


def _longer(by: Claimant) -> Claimant:
    return replace(by, seconds=max(by.seconds, LEASE_SECONDS))


def _actor(context: JobContext) -> Actor:
    return Actor(ActorKind.WORKER, context.by.owner)


def _scanner(seconds: float) -> Scanner:
    """The scanner of this installation. Raises ScannerMisnamed."""
    address = str(settings.TODOKE_CLAMD)
    make = SCANNERS.get(address.partition(":")[0])
    if make is None:
        raise ScannerMisnamed
    return make(address, timeout_seconds=seconds)


@dataclass(frozen=True, slots=True)
class _Watch:
    """A scanner that has proved itself for this batch, and who it is."""

    scanner: Scanner
    engine: Engine


class _Desk:
    """One run of the job: the contents of a batch, the scanner once proved, one question to the confined worker."""

    def __init__(self, context: JobContext) -> None:
        self._organisation = context.organisation
        self._actor = _actor(context)

    def settle(self, claimed: Sequence[ClaimedContent]) -> int:
        """Scan each, look into those that were scanned, record all; what there was no time for is given back."""
        answers: list[Inspection | None] = []
        until = time.monotonic() + RUN_SECONDS
        try:
            watch = self._watch()
            for one in claimed:
                if time.monotonic() > until:
                    self._give_back(claimed[len(answers) :])
                    break
                answers.append(self._answered(one, watch))
        except (ScannerAway, ScannerMisnamed, *NOT_THE_FILES_FAULT) as away:
            log.warning("screening.scanner_away error=%s", type(away).__name__)
            self._postpone(claimed[len(answers) :])
        inspected = (self._looked_into(one) for one in answers if one is not None)
        return self._record([one for one in inspected if one is not None])

    @staticmethod
    def _watch() -> _Watch | None:
        """The scanner, once it has shown that it finds the test file; None where none is set up. Raises ScannerAway."""
        if not queries.is_scanner_set_up():
            return None
        quick = _scanner(min(QUICK_SECONDS, settings.TODOKE_SCAN_TIMEOUT_SECONDS))
        engine = quick.engine()
        quick.prove()
        return _Watch(_scanner(settings.TODOKE_SCAN_TIMEOUT_SECONDS), engine)

    def _answered(self, one: ClaimedContent, watch: _Watch | None) -> Inspection | None:
        """What the scanner says; None when it has no answer for this file alone. Raises ScannerAway when it is away.

        A file over which a sound scanner keeps silent must not hold up those behind it: tried again alone, then parked.
        """
        try:
            return self._scanned(one, watch)
        except ScannerAway:
            self._watch()
        log.warning("screening.unanswered content=%d", one.claim.id)
        with scope(self._organisation):
            services.fail_content(one, at=now())
        return None

    def _scanned(self, one: ClaimedContent, watch: _Watch | None) -> Inspection:
        """What the scanner says of the stored bytes. Raises ScannerAway."""
        if watch is None:
            return Inspection(one)
        try:
            with scope(self._organisation, read_only=True):
                chunks = intake.attachment_chunks(one.attachment_id)
            outcome, found = watch.scanner.scan(chunks)
        except (BlobDamaged, AttachmentDamaged):
            return _unreadable(one)
        at = now()
        if outcome is ScanOutcome.CLEAN and queries.is_outdated(watch.engine, at=at):
            outcome = ScanOutcome.STALE
        return Inspection(one, scan=Scan(watch.engine, outcome, at, found))

    def _looked_into(self, one: Inspection) -> Inspection | None:
        """With what the confined worker found, where it is asked; None when it could not be asked: tried again."""
        is_final = one.scan is None or one.scan.outcome is not ScanOutcome.STALE
        if not one.content.needs_look or not is_final or standings.UNREADABLE in one.codes:
            return one
        try:
            return _looked_through(one, self._organisation)
        except NOT_THE_FILES_FAULT as missing:
            log.warning("screening.postponed error=%s", type(missing).__name__)
            self._postpone([one.content])
        except Exception as trouble:  # noqa: BLE001  # one file must not stop the others: it is tried again, then parked
            log.warning("screening.failed content=%d error=%s", one.content.claim.id, whereabouts(trouble))
            with scope(self._organisation):
                services.fail_content(one.content, at=now())
        return None

    def _postpone(self, rest: Sequence[ClaimedContent]) -> None:
        with scope(self._organisation):
            services.postpone_contents(rest, at=now())

    def _give_back(self, rest: Sequence[ClaimedContent]) -> None:
        with scope(self._organisation):
            services.give_back_contents(rest, at=now())

    def _record(self, inspected: Sequence[Inspection]) -> int:
        if not inspected:
            return 0
        with scope(self._organisation):
            return services.store_inspections(inspected, actor=self._actor, at=now())


def _unreadable(one: ClaimedContent) -> Inspection:
    """The stored bytes are damaged（F24）: nothing of them is shown until they are restored."""
    log.error("screening.original_damaged content=%d", one.claim.id)
    return Inspection(one, codes=(standings.UNREADABLE,))


def _looked_through(one: Inspection, organisation: str) -> Inspection:
    """With the findings of the look; a file that ends its worker is sealed."""
    content = one.content
    try:
        data = _bytes(organisation, content.attachment_id, content.size)
    except (BlobDamaged, AttachmentDamaged):
        return _unreadable(content)
    (outcome,) = crew_of(looking.TARGET, LOOK_LIMITS).ask([Question({"kind": content.kind}, data)])
    if not isinstance(outcome, Answer):
        return replace(one, codes=(standings.DIED,), is_dangerous=True)
    codes, is_dangerous = looking.found(outcome.document)
    return replace(one, codes=codes, is_dangerous=is_dangerous)


def _bytes(organisation: str, attachment_id: int, most: int) -> bytes:
    """The first bytes of an attachment, at most so many. Raises BlobDamaged, AttachmentDamaged."""
    with scope(organisation, read_only=True):
        chunks = intake.attachment_chunks(attachment_id)
    return b"".join(_limited(chunks, most))


def _limited(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[:most]
        most -= len(chunk)
        if most < 0:
            return


def _copy(one: ClaimedCopy, organisation: str, actor: Actor) -> int:
    """Make one copy and keep it, or keep why there is none. A fault that is not the file's is tried again."""
    try:
        result = _made(one, organisation)
        written = vault.write(organisation, [result.content]) if isinstance(result, MadeCopy) else None
        with scope(organisation):
            return services.store_copies([(one, result, written)], actor=actor, at=now())
    except NOT_THE_FILES_FAULT as missing:
        log.warning("screening.copy_postponed copy=%d error=%s", one.claim.id, type(missing).__name__)
        with scope(organisation):
            services.postpone_copies([one], at=now())
        return 0
    except Exception as trouble:  # noqa: BLE001  # one file must not stop the others: it is tried again, then parked
        log.warning("screening.copy_failed copy=%d error=%s", one.claim.id, whereabouts(trouble))
        with scope(organisation):
            services.fail_copy(one, at=now())
        return 0


def _made(one: ClaimedCopy, organisation: str) -> MadeCopy | CopyRefused:
    wanted = copies.wanted(one.kind, one.size)
    if wanted < 0:
        return CopyRefused(standings.NOT_MADE, "too_large")
    try:
        data = _bytes(organisation, one.attachment_id, wanted)
    except (BlobDamaged, AttachmentDamaged):
        return CopyRefused(standings.NOT_MADE, "unreadable")
    asked = Question(copies.question(one.kind, one.size), data)
    (outcome,) = crew_of(copies.TARGET, COPY_LIMITS).ask([asked])
    if not isinstance(outcome, Answer):
        return CopyRefused(standings.NOT_MADE, outcome.reason.value)
    return copies.checked(one.kind, outcome.document, outcome.output)
