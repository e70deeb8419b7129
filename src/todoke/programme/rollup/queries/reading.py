"""Rows of the roll-up as values."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime

from todoke.foundation.exchange import queries as exchange
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup.models import ComparedRow, SentSubmissionRow, SubmissionRow
from todoke.programme.rollup.rules.snapshots import read
from todoke.programme.rollup.values import (
    Counts,
    SentSubmission,
    Snapshot,
    Submission,
    SubmissionSignature,
    SubmissionSource,
    SubmissionState,
)

UNREAD = ("document", "signed", "withdrawal")  # what a list does not read


Keys = Mapping[tuple[str, str], datetime | None]


def registered_keys() -> Keys:
    """Whose keys this body believes, and until when; one question for a whole list."""
    return {(one.code, one.public_key): one.until for one in exchange.peers()}


def submission_of(row: SubmissionRow, keys: Keys) -> Submission:
    """A received submission of its row; the document is not read."""
    return Submission(
        row.uuid, row.subject, row.name, row.sender, row.number, EditionRef(row.pack, row.edition, row.release),
        row.as_of, row.made_at, row.received_at, SubmissionState(row.state), SubmissionSource(row.source),
        Counts(row.done, row.out_of_scope, row.working, row.not_started), row.weighted_permille, row.stale_permille,
        row.p50, row.p80, row.chance_permille, row.forwarded_at, row.withdrawn_at, row.sha256,
        _signature(row, keys), row.signer_key,
    )  # fmt: skip


def _signature(row: SubmissionRow, keys: Keys) -> SubmissionSignature:
    if not row.signer_key:
        return SubmissionSignature.NONE
    if (row.subject, row.signer_key) in keys:
        until = keys[row.subject, row.signer_key]
        if until is None or row.made_at <= until:
            return SubmissionSignature.CONFIRMED
    return SubmissionSignature.CHANGED if row.is_new_key else SubmissionSignature.UNREGISTERED


def snapshot_in(row: SubmissionRow) -> Snapshot | None:
    """What a submission said; None where only its withdrawal arrived."""
    packed = bytes(row.document)
    return read(json.loads(zlib.decompress(packed))) if packed else None


def sent_of(row: SentSubmissionRow) -> SentSubmission:
    """One's own submission of its row."""
    return SentSubmission(
        row.uuid, row.plan, row.recipient, row.number, EditionRef(row.pack, row.edition, row.release), row.as_of,
        row.sent_at, row.sent_by, Counts(row.done, row.out_of_scope, row.working, row.not_started), row.withdrawn_at,
        row.withdrawn_reason,
    )  # fmt: skip


def counts_of(row: ComparedRow) -> Counts:
    """The counts of a compared submission."""
    return Counts(row.done, row.out_of_scope, row.working, row.not_started, row.unknown)


def concepts_of(text: str) -> dict[str, Counts]:
    """The counts per 事務."""
    return {concept: Counts(*of) for concept, of in json.loads(text).items()}
