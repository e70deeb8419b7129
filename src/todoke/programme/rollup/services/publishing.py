"""An official publication is imported as a file, once, with the report of what did not fit."""

import csv
import io
import json
from datetime import date, datetime

from django.db import transaction

from todoke.foundation import workbooks
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.exchange.queries import sha256
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.workbooks import Table
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import Edition
from todoke.programme.rollup.errors import PublicationTaken, PublicationUnfit
from todoke.programme.rollup.models import PublicationRow
from todoke.programme.rollup.queries.publications import layout as layout_named
from todoke.programme.rollup.queries.publications import publication_of
from todoke.programme.rollup.rules import publications as rules
from todoke.programme.rollup.values import Layout, Publication, ReadPublication, SubmissionSource

from .keeping import Entry, backfill, keep
from .summing import sum_up

MOST_BYTES = 32 * 1024 * 1024
MOST_TOLD = 500  # misfits that are kept one by one; all are counted


def take_publication(
    viewer: Viewer, layout: str, content: bytes, *, as_of: date, at: datetime
) -> Publication:
    """Import a publication（.xlsx or CSV in UTF-8 or CP932）as of its day.

    Raises RightMissing, LayoutUnknown, PublicationUnfit, PublicationTaken, WorkbookBroken.
    """
    require(viewer, Right.ASK_BODIES)
    return take_publication_as(viewer.actor(), layout, content, as_of=as_of, at=at)


@transaction.atomic
def take_publication_as(
    actor: Actor, layout: str, content: bytes, *, as_of: date, at: datetime
) -> Publication:
    """The same for the command line."""
    form, digest = layout_named(layout), sha256(content)
    if PublicationRow.objects.filter(layout=form.code, sha256=digest).exists():
        raise PublicationTaken
    found = rules.read(_tables(content), form, _edition(form), as_of=as_of, code_of=organisations.code_of)
    row = _keep(form, found, digest, as_of, actor=actor, at=at)
    if found.snapshots:
        entries = [Entry(one.subject, row.pk, as_of, at, one) for one in found.snapshots]
        keep(entries, sender="", at=at, source=SubmissionSource.PUBLISHED, publication=row)
        while backfill(limit=500):
            pass
        sum_up()
    audit.record(
        "publication.imported", object_kind="publication", object_id=str(row.uuid), actor=actor, at=at,
        facts={"layout": form.code, "sha256": digest, "bodies": row.bodies, "misfits": len(found.misfits)},
    )  # fmt: skip
    return publication_of(row)


def _edition(form: Layout) -> Edition | None:
    wanted = (
        [one for one in packs.editions(form.pack) if one.edition == form.pack_edition] if form.pack else []
    )
    return packs.edition(wanted[-1]) if wanted else None


def _tables(content: bytes) -> list[Table]:
    if content[:2] == b"PK":
        return workbooks.read(content)
    if len(content) > MOST_BYTES:
        raise PublicationUnfit(why="大きすぎます")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return [_csv(content.decode(encoding))]
        except UnicodeDecodeError:
            continue
        except csv.Error as broken:
            raise PublicationUnfit(why="CSVとして読めません") from broken
    raise PublicationUnfit(why="文字コードが分かりません")


def _csv(text: str) -> Table:
    lines = list(csv.reader(io.StringIO(text)))
    start = next((place for place, one in enumerate(lines) if sum(map(bool, one)) >= 2), None)
    if start is None:
        raise PublicationUnfit(why="見出しの行がありません")
    header = tuple(one.strip() for one in lines[start])
    rows = tuple(
        (number, dict(zip(header, one, strict=False)))
        for number, one in enumerate(lines[start + 1 :], start=start + 2)
        if any(one)
    )
    return Table("CSV", header, rows)


def _keep(
    form: Layout, found: ReadPublication, digest: str, as_of: date, *, actor: Actor, at: datetime
) -> PublicationRow:
    told = [
        [one.kind.value, one.row, one.column, one.text, one.is_taken] for one in found.misfits[:MOST_TOLD]
    ]
    values = [[one.body, one.name, dict(one.values), dict(one.missing)] for one in found.values]
    return PublicationRow.objects.create(
        organisation_id=current_organisation(), layout=form.code, title=f"{form.title}（{form.edition}）", as_of=as_of,
        sha256=digest, rows=found.rows, bodies=len(found.snapshots) or len(found.values), misfits=told,
        misfit_counts={kind.value: count for kind, count in rules.by_kind(found.misfits).items()},
        values=json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else "", taken_by=actor.id,
        taken_at=at,
    )  # fmt: skip
