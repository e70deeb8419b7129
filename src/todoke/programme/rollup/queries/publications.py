"""Official publications: the layouts that can be read, and what was imported."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import yaml

from todoke.programme.rollup.errors import LayoutUnknown, PublicationUnknown
from todoke.programme.rollup.models import PublicationRow
from todoke.programme.rollup.rules.publications import layout_of
from todoke.programme.rollup.values import BodyValues, Layout, Misfit, MisfitKind, Publication

PROFILES = Path(__file__).parent.parent / "profiles" / "publications"


@lru_cache(maxsize=1)
def layouts() -> tuple[Layout, ...]:
    """The shipped layouts; the product's own files do not change under it."""
    files = sorted(PROFILES.glob("*.yaml"))
    return tuple(layout_of(yaml.safe_load(one.read_text(encoding="utf-8"))) for one in files)


def layout(code: str) -> Layout:
    """One layout. Raises LayoutUnknown."""
    found = next((one for one in layouts() if one.code == code), None)
    if found is None:
        raise LayoutUnknown(layout=code[:40])
    return found


def publication_of(row: PublicationRow) -> Publication:
    """An import of its row."""
    misfits = tuple(Misfit(MisfitKind(one[0]), one[1], one[2], one[3], one[4]) for one in row.misfits)
    counts = {MisfitKind(kind): count for kind, count in row.misfit_counts.items()}
    return Publication(
        row.uuid,
        row.layout,
        row.title,
        row.as_of,
        row.sha256,
        row.rows,
        row.bodies,
        misfits,
        counts,
        row.taken_at,
    )


def publications() -> Sequence[Publication]:
    """What was imported, the newest first."""
    return [publication_of(row) for row in PublicationRow.objects.defer("values").order_by("-pk")[:100]]


def publication(uuid: UUID) -> Publication:
    """One import. Raises PublicationUnknown."""
    row = PublicationRow.objects.defer("values").filter(uuid=uuid).first()
    if row is None:
        raise PublicationUnknown
    return publication_of(row)


def published_values(uuid: UUID) -> Sequence[BodyValues]:
    """The indicator values of an imported dashboard, per body; empty for another publication."""
    row = PublicationRow.objects.filter(uuid=uuid).first()
    found = json.loads(row.values) if row is not None and row.values else []
    return [BodyValues(*one) for one in found]
