"""What the worker runs: claim stored packages, judge them outside any transaction, store the verdicts together."""

import logging
from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings
from django.db import OperationalError

from todoke.casework.relay import queries as relay_queries
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ClaimedPackage, RecordedCheck
from todoke.casework.trust import queries as trust_queries
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.confined import ConfinementFailed, ConfinementMissing, Death
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.garbage import uncollected
from todoke.foundation.leases import JobContext
from todoke.foundation.objects import StorageAway
from todoke.foundation.procedures import queries as procedures
from todoke.foundation.procedures.values import Desk
from todoke.foundation.vault.errors import BlobDamaged, KeyMissing
from todoke.foundation.vault.queries import OpenBlob, open_blobs

from . import queries, services
from .errors import FormChecksInvalid, LayoutInvalid, TrustUnreadable
from .rules import checking, desks
from .rules.opening import Opened
from .values import Circumstances, FormChecks, Judged, LayoutProfile, Trust

log = logging.getLogger("todoke.intake")
BATCH_BYTES = 268_435_456  # what is stored in one transaction: a lease must outlast the check of it
CANNOT_CONFINE = (ConfinementMissing, ConfinementFailed)
NOT_THE_PACKAGES_FAULT = (
    FormChecksInvalid, LayoutInvalid, TrustUnreadable, KeyMissing, OperationalError, StorageAway, *CANNOT_CONFINE,
)  # fmt: skip
Lent = tuple[str, OpenBlob]  # by the name of the layout


def open_packages(context: JobContext) -> int:
    """Judge the pending packages of one body that are due; returns how many were settled.

    What a worker has died over is tried alone, after the others; a package that fails alone is parked at the limit.
    """
    with uncollected():
        return _opened_packages(_Bench(context))


def _opened_packages(bench: "_Bench") -> int:
    claimed = bench.claim()
    fresh = [one for one in claimed if one.claim.attempts == 1]
    suspects = sorted((one for one in claimed if one.claim.attempts > 1), key=lambda one: one.claim.attempts)
    return sum(bench.settle(part) for part in _by_size(fresh)) + bench.settle_suspects(suspects)


_ASKED: dict[str, tuple[object, ...]] = {}  # by body: by what was asked last; a restart asks once more


def ask_again(context: JobContext) -> int:
    """Let what waits for revocation to be checked go on by itself, once lists or choices are new; returns how many."""
    trust, at = queries.trust(), now()
    are_future = any(one.this_update > at for one in trust.revocation.lists)
    with scope(context.organisation, read_only=True):
        state = (trust.revocation, are_future, trust_queries.newest_choice(at))
    if _ASKED.get(context.organisation) == state:
        return 0
    with scope(context.organisation):
        freed = services.ask_again(trust, actor=Actor(ActorKind.WORKER, context.by.owner), at=at)
    _ASKED[context.organisation] = state
    return freed


class _Bench:
    """One run of the job: what the packages of a batch are judged by, read once."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._actor = Actor(ActorKind.WORKER, context.by.owner)
        self._desks: Mapping[str, Desk] = {}
        self._blobs: Mapping[int, OpenBlob] = {}
        self._policies = trust_queries.no_policies()
        self._results: Mapping[int, RecordedCheck] = {}
        self._trust: Trust | None = None
        self._layouts: dict[str, LayoutProfile] = {}
        self._checks: dict[str, FormChecks] = {}

    def claim(self) -> list[ClaimedPackage]:
        with scope(self._context.organisation):
            claimed = relay.claim_packages(self._context.limit, by=self._context.by)
        if claimed:
            with scope(self._context.organisation, read_only=True):
                self._desks = procedures.desks()
                self._blobs = _opened([one.blob_id for one in claimed])
                self._policies = trust_queries.policies(now())
                self._results = relay_queries.recorded_checks(one.claim.id for one in claimed)
        return claimed

    def settle(self, claimed: Sequence[ClaimedPackage]) -> int:
        """Judge and store together; when that fails for whatever reason, each on its own."""
        if not claimed:
            return 0
        try:
            return self._settled(claimed)
        except CANNOT_CONFINE as missing:  # nobody's fault here: they wait unopened（F20）
            log.error("intake.not_confined packages=%d code=%s", len(claimed), missing.code)
            with scope(self._context.organisation):
                relay.postpone_packages(claimed, at=now())
            return 0
        except Exception as trouble:  # noqa: BLE001  # one bad package must never spoil its batch: each is tried alone
            log.warning(
                "intake.batch_failed", extra={"packages": len(claimed), "error": type(trouble).__name__}
            )
            return sum(self._settle_alone(one) for one in claimed)

    def settle_suspects(self, suspects: Sequence[ClaimedPackage]) -> int:
        """Packages that were claimed before and never settled: one of them may kill its worker."""
        if not suspects:
            return 0
        with scope(self._context.organisation):
            relay.try_one_by_one(suspects)
        settled = 0
        for one in suspects:
            with scope(self._context.organisation):
                if one.claim.attempts > settings.TODOKE_RETRY_LIMIT:
                    relay.fail_package(one, at=now())
                    continue
                relay.count_attempt(one)
            settled += self._settle_alone(one)
        return settled

    def _settle_alone(self, one: ClaimedPackage) -> int:
        try:
            return self._settled([one])
        except NOT_THE_PACKAGES_FAULT as trouble:
            log.warning("intake.postponed", extra={"package": one.claim.id, "error": type(trouble).__name__})
            with scope(self._context.organisation):
                relay.postpone_packages([one], at=now())
            return 0
        except Exception as trouble:  # noqa: BLE001  # parked visibly after some attempts, never lost
            code = trouble.code if isinstance(trouble, TodokeError) else type(trouble).__name__
            log.warning("intake.package_failed", extra={"package": one.claim.id, "error": code})
            with scope(self._context.organisation):
                relay.fail_package(one, at=now())
            return 0

    def _settled(self, claimed: Sequence[ClaimedPackage]) -> int:
        """Have them read in the confined worker, decide here, store what was decided.

        One that the confined worker died over comes again later; the second time it is given up.
        """
        layouts = {one.layout: self._layout(one.layout) for one in claimed}
        self._trust = self._trust or queries.trust()
        outcomes = queries.read_confined(
            self._originals(claimed), layouts, organisation=self._context.organisation
        )
        judged, died = [], []
        for one, outcome in zip(claimed, outcomes, strict=True):
            if isinstance(outcome, Death) and one.claim.attempts == 1:
                died.append(one)
            else:
                judged.append(self._judged(one, outcome))
        settled = self._store(judged) if judged else 0
        for one in died:
            with scope(self._context.organisation):
                relay.fail_package(one, at=now())
        return settled

    def _originals(self, claimed: Sequence[ClaimedPackage]) -> Iterator[Lent]:
        for one in claimed:
            if one.blob_id not in self._blobs:
                raise BlobDamaged
            yield one.layout, self._blobs[one.blob_id]

    def _judged(self, one: ClaimedPackage, outcome: Opened | Death) -> Judged:
        profile = self._layout(one.layout)
        assert self._trust is not None  # read before anything is opened
        if isinstance(outcome, Death):
            verdict = checking.given_up(outcome.reason.label, outcome.where)
        else:
            verdict = checking.decide(
                outcome, profile=profile, trust=self._trust, circumstances=self._circumstances(one)
            )
        received = one.portal_received_at or one.received_at
        verdict = desks.at_the_desk(verdict, self._desks.get(verdict.procedure), received)
        return Judged(one, profile.name, profile.provenance.edition, verdict)

    def _layout(self, name: str) -> LayoutProfile:
        if name not in self._layouts:
            self._layouts[name] = queries.load_profile(name)
        return self._layouts[name]

    def _circumstances(self, one: ClaimedPackage) -> Circumstances:
        return Circumstances(
            self._context.organisation, now(), self._needs_signature, one.portal_received_at, self._checks_of,
            self._policies.of_channel(one.channel), self._results.get(one.claim.id),
        )  # fmt: skip

    def _needs_signature(self, procedure: str) -> bool | None:
        """The body's own rule, else the catalogue's; None for a procedure that nobody knows."""
        if procedure in self._desks:
            return self._desks[procedure].needs_signature
        known = procedures.catalogue().get(procedure)
        return None if known is None else known.needs_signature

    def _checks_of(self, procedure: str) -> FormChecks:
        """The body's rules of 形式審査, its own or those that are shipped."""
        found = self._checks.get(procedure)
        if found is None:
            found = self._checks[procedure] = queries.form_checks(self._context.organisation).of(procedure)
        return found

    def _store(self, judged: Sequence[Judged]) -> int:
        texts = services.texts_of(judged, self._context.organisation)
        with scope(self._context.organisation):
            stored = services.store_batch(judged, actor=self._actor, at=now(), texts=texts)
        return stored.accepted + stored.quarantined + stored.pending


def _by_size(claimed: Sequence[ClaimedPackage]) -> Iterator[list[ClaimedPackage]]:
    """Batches of a bounded number of bytes, in order; a larger package is a batch of its own."""
    batch: list[ClaimedPackage] = []
    held = 0
    for one in claimed:
        if batch and held + one.size > BATCH_BYTES:
            yield batch
            batch, held = [], 0
        batch.append(one)
        held += one.size
    if batch:
        yield batch


def _opened(ids: Sequence[int]) -> Mapping[int, OpenBlob]:
    """The originals that can be opened; a damaged one is missing, and fails on its own later."""
    try:
        return open_blobs(ids)
    except BlobDamaged:
        found: dict[int, OpenBlob] = {}
        for one in ids:
            try:
                found.update(open_blobs([one]))
            except BlobDamaged:
                log.warning("intake.original_damaged", extra={"blob": one})
        return found
