"""Packages imported by hand: stored at once, and a few of them carried to the desk while the person waits."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from todoke.casework import journey
from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import Filters
from todoke.casework.relay import errors as relay_errors
from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.values import ChannelRef, ImportOutcome, ImportResult, PackageDetail, PackageState
from todoke.foundation import fence
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.values import Actor
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.errors import SENTENCES, TodokeError
from todoke.web.desk.uploads import laid_down

AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: taken or not (with code and sentence), and where its package or case stands now."""

    file: str
    outcome: ImportOutcome
    code: str
    words: str
    package: PackageDetail | None
    case: UUID | None


def take_in(
    files: Sequence["UploadedFile[bytes]"], channel: ChannelRef, *, viewer: Viewer, actor: Actor, at: datetime
) -> list[FileOutcome]:
    """Import files through a channel; call outside any scope. One outcome per file, in their order."""
    with laid_down(files) as paths:
        results = relay_services.import_files(paths, channel, actor=actor, at=at)
    if len(results) <= AT_ONCE and any(one.outcome is not ImportOutcome.REFUSED for one in results):
        _carry_on(channel.organisation, at)
    with fence.scope(channel.organisation, read_only=True):
        return [_outcome(one, viewer) for one in results]


def _carry_on(organisation: str, at: datetime) -> None:
    """Do now what the worker would do in a moment; what does not work now is left to it."""
    claimant = Claimant(f"web:{secrets.token_hex(4)}", at, settings.TODOKE_LEASE_SECONDS)
    try:
        journey.take_in(JobContext(organisation, claimant, settings.TODOKE_BATCH_LIMIT))
    except TodokeError:
        return  # the rows are stored, leased and due again: nothing is lost


def _outcome(result: ImportResult, viewer: Viewer) -> FileOutcome:
    package = relay.package(result.package_id) if result.package_id is not None else None
    case = (
        _case_of(package, viewer) if package is not None and package.state is PackageState.ACCEPTED else None
    )
    words = _sentence(result.code) if result.code else ""
    return FileOutcome(result.path.name, result.outcome, result.code, words, package, case)


def _case_of(package: PackageDetail, viewer: Viewer) -> UUID | None:
    """The newest case with this 受付番号 among those that the person may see."""
    if not viewer.may(Right.VIEW_CASES):
        return None
    rows = cases.worklist(viewer, Filters(text=package.receipt_number)).rows
    return next((row.uuid for row in rows if row.receipt_number == package.receipt_number), None)


def _sentence(code: str) -> str:
    if code in SENTENCES:
        return SENTENCES[code]
    ours = (relay_errors.FileNameUnknown, relay_errors.FileUnreadable)
    return next(
        (one.sentence for one in ours if one.code == code),
        "取り込めませんでした。ファイルを確かめてください。",
    )
