"""The 市区町村支援台帳 of a prefecture: which support for which town and item, and what came of it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import current_organisation
from todoke.programme.rollup import queries
from todoke.programme.rollup.errors import SupportChanged, SupportUnfit
from todoke.programme.rollup.models import SupportRow
from todoke.programme.rollup.values import SupportDraft, SupportState


@transaction.atomic
def enter_support(viewer: Viewer, draft: SupportDraft, *, bodies: Iterable[str], at: datetime) -> list[UUID]:
    """Enter one entry per body. Raises RightMissing, SupportUnfit."""
    require(viewer, Right.KEEP_SUPPORT)
    below = queries.bodies_below()
    wanted = [one for one in dict.fromkeys(bodies) if one in below]
    if not wanted or not draft.title.strip():
        raise SupportUnfit(where="支援の名前と市区町村を入れてください")
    if draft.ends and draft.ends < draft.begins:
        raise SupportUnfit(where="終わりの日が始まりの日より前です")
    rows = [
        SupportRow(
            organisation_id=current_organisation(), kind=draft.kind.value, state=SupportState.PLANNED.value, body=code,
            name=below[code], title=draft.title.strip()[:200], item=draft.item.strip()[:200], begins=draft.begins,
            ends=draft.ends, changed_at=at,
        )
        for code in wanted
    ]  # fmt: skip
    SupportRow.objects.bulk_create(rows, batch_size=200)
    audit.record(
        "support.entered", object_kind="support", object_id=str(rows[0].uuid), actor=viewer.actor(), at=at,
        facts={"bodies": len(rows), "kind": draft.kind.value},
    )  # fmt: skip
    return [row.uuid for row in rows]


@transaction.atomic
def change_support(
    viewer: Viewer, uuid: UUID, *, version: int, state: SupportState, outcome: str, at: datetime
) -> None:
    """Say where a piece of support stands and what came of it; what is finished says what came of it.

    Raises RightMissing, SupportUnfit, SupportChanged.
    """
    require(viewer, Right.KEEP_SUPPORT)
    queries.support(uuid)
    if state is SupportState.FINISHED and not outcome.strip():
        raise SupportUnfit(where="終えるときは、結果を書いてください")
    done = SupportRow.objects.filter(uuid=uuid, version=version).update(
        state=state.value, outcome=outcome.strip()[:4000], version=version + 1, changed_at=at
    )
    if not done:
        raise SupportChanged
    audit.record(
        "support.changed", object_kind="support", object_id=str(uuid), actor=viewer.actor(), at=at,
        facts={"state": state.value},
    )  # fmt: skip
