"""Taking up what intake has stored: a row per attachment, one content for equal bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import Attachment, AttachmentDetail, AttachmentState
from todoke.casework.screening import queries
from todoke.casework.screening.models import SanitisedCopy, ScreenedContent, Screening
from todoke.casework.screening.rules import looking, standings
from todoke.casework.screening.values import CopyState, Looks, ScreeningState
from todoke.foundation.fence import insert_rows

from .standing import ask_for_copies

_CONTENT = (
    "sha256", "size", "kind", "sample_id", "state", "codes", "needs_look", "is_dangerous", "noted_at", "due_at", "lease_owner",
    "fence", "attempts", "parked_code",
)  # fmt: skip
_SCREENING = ("attachment_id", "content_id", "state", "codes", "since", "holds_numbers", "marked_by")
Contents = Mapping[str, ScreenedContent]


@dataclass(frozen=True, slots=True)
class _Found:
    """One attachment with what intake says of it: its codes, and whether it has to be looked through whole."""

    id: int
    file: Attachment
    codes: tuple[str, ...]
    needs_look: bool


@transaction.atomic
def take_up(*, limit: int, at: datetime) -> int:
    """Note the attachments that nobody has noted yet; returns how many. Doing it twice notes each once."""
    details = intake.attachments_after(queries.taken_up_to(), limit=limit)
    if not details:
        return 0
    found = _with_codes(details)
    contents = _contents(found, at)
    doubtful = {}
    for one in found:
        content = contents[one.file.sha256]
        codes = standings.codes_of(*one.codes, content.codes)
        if standings.wants_copy(codes, is_every=queries.is_copy_required()):
            doubtful[content] = codes
    ask_for_copies(doubtful, at)
    _insert(found, contents, at)
    return len(found)


def _with_codes(details: Sequence[AttachmentDetail]) -> list[_Found]:
    """One more question for the few batches in which anything was found."""
    doubted = {one.application_id for one in details if one.attachment.state is not AttachmentState.SOUND}
    findings = intake.findings_of(doubted) if doubted else {}
    found = []
    for one in details:
        file = one.attachment
        codes = looking.codes_at(file.position, findings.get(one.application_id, ())) or (
            (file.code,) if file.code else ()
        )
        needs_look = looking.is_wanted(codes, file.size)
        left = looking.left_to_clerks(codes, is_looked_through=needs_look)
        found.append(_Found(one.id, file, left, needs_look))
    return found


def _contents(found: Sequence[_Found], at: datetime) -> Contents:
    """The contents of these attachments by hash; new ones are inserted, known ones are shared（A14）."""
    digests = {one.file.sha256 for one in found}
    known = set(ScreenedContent.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    fresh: dict[str, _Found] = {}
    for one in found:
        if one.file.sha256 not in known:
            fresh.setdefault(one.file.sha256, one)
    moment = connection.ops.adapt_datetimefield_value(at)
    rows = []
    for digest, one in fresh.items():
        waits = one.needs_look or queries.is_scanner_set_up()
        state = ScreeningState.WAITING if waits else ScreeningState.UNSCANNED
        rows.append(
            (
                digest, one.file.size, one.file.kind, one.id, state.value, "", one.needs_look, False, moment, moment, "",
                0, 0, "",
            )
        )  # fmt: skip
    insert_rows(ScreenedContent, _CONTENT, rows, skip_known=True)
    return {row.sha256: row for row in ScreenedContent.objects.filter(sha256__in=digests)}


def _insert(found: Sequence[_Found], contents: Contents, at: datetime) -> None:
    moment = connection.ops.adapt_datetimefield_value(at)
    copies: dict[int, str] = {}
    is_every = queries.is_copy_required()
    if is_every or any(one.codes for one in found) or any(content.codes for content in contents.values()):
        rows = SanitisedCopy.objects.filter(content_id__in=[content.pk for content in contents.values()])
        copies = dict(rows.values_list("content_id", "state"))
    lines = []
    for one in found:
        content = contents[one.file.sha256]
        copy = copies.get(content.pk)
        codes = standings.codes_of(*one.codes, content.codes)
        looks = Looks(
            one.file.state, ScreeningState(content.state), codes, CopyState(copy) if copy else None,
            needs_copy=is_every and standings.needs_copy(codes),
        )  # fmt: skip
        state = standings.state_of(looks).value
        lines.append((one.id, content.pk, state, " ".join(one.codes)[:200], moment, False, ""))
    insert_rows(Screening, _SCREENING, lines, skip_known=True)
