"""Drawing the state of attachments anew after anything that decides it has changed; asking for copies unasked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from todoke.casework.intake.values import AttachmentState
from todoke.casework.screening import queries
from todoke.casework.screening.models import AttachmentRelease, SanitisedCopy, ScreenedContent, Screening
from todoke.casework.screening.rules import standings
from todoke.casework.screening.values import CopyState, Looks, ScreeningState
from todoke.foundation.fence import insert_rows

_COPY = (
    "content_id", "state", "kind", "size", "sha256_before", "sha256_after", "pages_before", "pages_after", "tool",
    "is_partial", "code", "due_at", "lease_owner", "fence", "attempts", "parked_code",
)  # fmt: skip
_DRAWN_FROM = (
    "pk", "state", "holds_numbers", "codes", "attachment__state", "attachment__sha256", "content_id",
    "content__state", "content__codes",
)  # fmt: skip


def ask_for_copies(contents: Mapping[ScreenedContent, Iterable[str]], at: datetime) -> None:
    """Let copies of contents with these codes be made, where there is none yet; where none can be, say so at once."""
    moment = connection.ops.adapt_datetimefield_value(at)
    rows = []
    for one, codes in contents.items():
        code = standings.copy_refusal(one.kind, codes)
        state = CopyState.NOT_MADE if code else CopyState.MAKING
        rows.append((one.pk, state.value, "", 0, one.sha256, "", 0, 0, "", False, code, moment, "", 0, 0, ""))
    if rows:
        insert_rows(SanitisedCopy, _COPY, rows, skip_known=True)


def draw_anew(content_ids: Collection[int], at: datetime) -> None:
    """Work out the state of every attachment with these contents; writes only what has changed."""
    rows = list(Screening.objects.filter(content_id__in=list(content_ids)).values_list(*_DRAWN_FROM))
    copies = dict(
        SanitisedCopy.objects.filter(content_id__in=list(content_ids)).values_list("content_id", "state")
    )
    released = set(
        AttachmentRelease.objects.filter(screening_id__in=[row[0] for row in rows]).values_list(
            "screening_id", "shown_hash"
        )
    )
    changed: dict[ScreeningState, list[int]] = {}
    is_every = queries.is_copy_required()
    for pk, state, numbers, own, attachment, digest, content_id, content, codes in rows:
        found = standings.codes_of(own, codes)
        copy = copies.get(content_id)
        looks = Looks(
            AttachmentState(attachment), ScreeningState(content), found, CopyState(copy) if copy else None,
            (pk, standings.shown_hash(digest, found)) in released, numbers, is_every and standings.needs_copy(found),
        )  # fmt: skip
        new = standings.state_of(looks)
        if new.value != state:
            changed.setdefault(new, []).append(pk)
    for new, ids in changed.items():
        _write(new, ids, at)


def _write(state: ScreeningState, ids: Sequence[int], at: datetime) -> None:
    for start in range(0, len(ids), 500):
        Screening.objects.filter(pk__in=ids[start : start + 500]).update(state=state.value, since=at)
