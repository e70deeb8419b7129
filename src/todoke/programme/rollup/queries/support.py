"""The 市区町村支援台帳."""

from collections.abc import Sequence
from uuid import UUID

from todoke.programme.rollup.errors import SupportUnknown
from todoke.programme.rollup.models import SupportRow
from todoke.programme.rollup.values import Support, SupportKind, SupportState


def support_of(row: SupportRow) -> Support:
    """An entry of its row."""
    return Support(
        row.uuid, SupportKind(row.kind), SupportState(row.state), row.body, row.name, row.title, row.item, row.begins,
        row.ends, row.outcome, row.version,
    )  # fmt: skip


def support_entries(*, body: str = "") -> Sequence[Support]:
    """The entries, of one body if it is given, the newest first."""
    rows = SupportRow.objects.order_by("-begins", "-pk")
    return [support_of(row) for row in (rows.filter(body=body) if body else rows)[:2000]]


def support(uuid: UUID) -> Support:
    """One entry. Raises SupportUnknown."""
    row = SupportRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise SupportUnknown
    return support_of(row)
