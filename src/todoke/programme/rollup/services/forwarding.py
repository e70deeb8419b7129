"""A prefecture forwards what it received to the nation: by hand, or by its rule.

The towns' own signed files go on as they are, so that the nation sees the hand of each town and nothing of ours.
"""

import zlib
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import current_organisation
from todoke.programme.rollup import queries
from todoke.programme.rollup.models import ForwardRuleRow, SubmissionRow
from todoke.programme.rollup.values import FORWARD, SubmissionState


def forward(viewer: Viewer, *, at: datetime, only: Collection[UUID] | None = None, terminal: str = "") -> int:
    """Forward what the nation has not been told yet, or only these; returns how many. Raises RightMissing, NoParent."""
    require(viewer, Right.ASK_BODIES)
    return _forward(viewer.actor(terminal), at, only)


def forward_by_rule(*, actor: Actor, at: datetime) -> int:
    """Forward what waits, where the prefecture chose so; 0 where it did not, or nothing waits."""
    return _forward(actor, at, None) if queries.forward_rule().is_automatic else 0


@transaction.atomic
def _forward(actor: Actor, at: datetime, only: Collection[UUID] | None) -> int:
    wanted = [one.uuid for one in queries.to_forward() if only is None or one.uuid in only]
    if not wanted:
        return 0
    above = queries.parent()
    rows = list(SubmissionRow.objects.select_for_update().filter(uuid__in=wanted).order_by("pk"))
    exchange.write(
        FORWARD, recipient=above.code, as_of=japanese_date(at), body={"files": [_file(row) for row in rows]},
        actor=actor, at=at,
    )  # fmt: skip
    for row in rows:
        row.forwarded_state, row.forwarded_at = row.state, at
    SubmissionRow.objects.bulk_update(rows, ["forwarded_state", "forwarded_at"], batch_size=200)
    audit.record(
        "submission.forwarded", object_kind="exchange", object_id=above.code, actor=actor, at=at,
        facts={"submissions": len(rows)},
    )  # fmt: skip
    return len(rows)


def _file(row: SubmissionRow) -> str:
    """The town's own file: the submission, or what withdrew it."""
    packed = row.withdrawal if row.state == SubmissionState.WITHDRAWN.value else row.signed
    return zlib.decompress(bytes(packed)).decode()


@transaction.atomic
def choose_forwarding(viewer: Viewer, *, is_automatic: bool, at: datetime, terminal: str = "") -> None:
    """Choose whether submissions are forwarded without a person; what waits then goes at once. Raises RightMissing, NoParent."""
    require(viewer, Right.ASK_BODIES)
    queries.parent()
    ForwardRuleRow.objects.create(
        organisation_id=current_organisation(), is_automatic=is_automatic, at=at, by=str(viewer.staff_id)
    )
    audit.record(
        "forwarding.chosen", object_kind="organisation", object_id=viewer.organisation, actor=viewer.actor(terminal),
        at=at, facts={"automatic": is_automatic},
    )  # fmt: skip
    if is_automatic:
        _forward(viewer.actor(terminal), at, None)
