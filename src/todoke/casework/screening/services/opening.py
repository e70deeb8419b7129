"""Taking a file out: the one way, so that nobody opens more than the state allows, and none without a trace."""

from datetime import datetime
from uuid import UUID

from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import AttachmentDetail
from todoke.casework.screening import queries
from todoke.casework.screening.errors import FileClosed, NumbersHidden, ReasonMissing
from todoke.casework.screening.models import SanitisedCopy
from todoke.casework.screening.values import OpenedFile, Opening, Standing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.vault.queries import open_blob

USUAL = "申請内容の確認"
COPY_NAMES = {"pdf": "pdf", "png": "png", "jpeg": "jpg", "text": "txt"}


def open_original(
    viewer: Viewer, detail: AttachmentDetail, *, case: UUID, reason: str, at: datetime, terminal: str = ""
) -> OpenedFile:
    """The original as it was sent in. Raises FileClosed, ReasonMissing, NumbersHidden."""
    standing = queries.standings_of([detail])[detail.id]
    purpose = _check(viewer, standing, standing.original, reason)
    _record(
        "attachment.downloaded", standing, case=case, digest=standing.sha256, purpose=purpose,
        actor=viewer.actor(terminal), at=at,
    )  # fmt: skip
    file = detail.attachment
    return OpenedFile(file.label, file.kind, file.size, intake.attachment_chunks(detail.id))


def open_copy(
    viewer: Viewer, detail: AttachmentDetail, *, case: UUID, reason: str, at: datetime, terminal: str = ""
) -> OpenedFile:
    """The sanitised copy. Raises FileClosed, ReasonMissing, NumbersHidden."""
    standing = queries.standings_of([detail])[detail.id]
    purpose = _check(viewer, standing, standing.copy_opening, reason)
    row = SanitisedCopy.objects.get(content__sha256=standing.sha256)
    if row.blob_id is None:
        raise FileClosed
    _record(
        "attachment.copy_downloaded", standing, case=case, digest=row.sha256_after, purpose=purpose,
        actor=viewer.actor(terminal), at=at,
    )  # fmt: skip
    name = f"{detail.attachment.label.rpartition('.')[0] or detail.attachment.label}（無害化）.{COPY_NAMES[row.kind]}"
    return OpenedFile(name, row.kind, row.size, open_blob(row.blob_id).part(0, row.size))


def _check(viewer: Viewer, standing: Standing, opening: Opening, reason: str) -> str:
    """The purpose for the audit, once the file may be opened this way."""
    if opening is Opening.CLOSED:
        raise FileClosed
    if standing.holds_numbers and not viewer.may(Right.REVEAL_NUMBERS):
        raise NumbersHidden
    if opening is Opening.REASON and not reason.strip():
        raise ReasonMissing
    return reason.strip() or USUAL


def _record(
    action: str, standing: Standing, *, case: UUID, digest: str, purpose: str, actor: Actor, at: datetime
) -> None:
    audit.record_read(
        action, object_kind="case", object_id=str(case), actor=actor, at=at, purpose=purpose,
        facts={"attachment": standing.attachment_id, "sha256": digest, "state": standing.state.value},
    )  # fmt: skip
