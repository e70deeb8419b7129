"""An imported publication beside the figures that are ours, or that were submitted to us."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from todoke.foundation.fence import current_organisation
from todoke.programme.progress import queries as progress
from todoke.programme.rollup import queries
from todoke.programme.rollup.values import BodyValues, Layout, Publication, SubmissionSource
from todoke.web.shared.dates import day_words

from .indicators_view import number

MOST_BODIES = 200
NOT_THERE = "公表にありません"


@dataclass(frozen=True, slots=True)
class Beside:
    """One indicator of our body: as published, and as we keep it."""

    label: str
    published: str
    ours: str
    as_of: date | None
    is_same: bool


@dataclass(frozen=True, slots=True)
class RateLine:
    """One body: 完了率 as published and as it submitted."""

    code: str
    name: str
    published: Fraction | None
    submitted: Fraction | None
    as_of: date | None

    @property
    def points(self) -> str:
        """By how many points what was submitted lies above what is published."""
        if self.published is None or self.submitted is None:
            return "－"
        return f"{float(self.submitted - self.published) * 100:+.1f}"


@dataclass(frozen=True, slots=True)
class PublishedView:
    """The whole page. Values have `columns` and `bodies`; steps have `rates`."""

    told: Publication
    layout: Layout
    beside: Sequence[Beside]
    columns: Sequence[str]
    bodies: Sequence[tuple[BodyValues, Sequence[str]]]
    count: int
    rates: Sequence[RateLine]


def published_view(uuid: UUID, *, as_of: date) -> PublishedView:
    """One publication beside our figures. Raises PublicationUnknown."""
    told = queries.publication(uuid)
    layout = next(one for one in queries.layouts() if one.code == told.layout)
    bodies = queries.published_values(uuid)
    columns = list(dict.fromkeys(name for one in bodies for name in (*one.values, *one.missing)))
    return PublishedView(
        told, layout, list(_beside(bodies)), columns, [(one, _cells(one, columns)) for one in bodies[:MOST_BODIES]],
        len(bodies), rates_of(layout, as_of=as_of) if layout.pack else (),
    )  # fmt: skip


def _cells(body: BodyValues, columns: Sequence[str]) -> list[str]:
    return [body.values.get(one) or f"（{body.missing.get(one, '値なし')}）" for one in columns]


def _beside(bodies: Sequence[BodyValues]) -> Iterator[Beside]:
    """Our own body as published, beside the last value of the indicator of the same name."""
    ours = next((one for one in bodies if one.body == current_organisation()), None)
    for trend in progress.trends():
        label = trend.indicator.label
        if not any(label in (*one.values, *one.missing) for one in bodies):
            continue
        last = trend.values[-1] if trend.values else None
        kept = "" if last is None or last.value is None else f"{number(last.value)}{trend.indicator.unit}"
        published = _published(ours, label)
        yield Beside(
            label, published, kept or "なし", last.as_of if last else None, _plain(published) == _plain(kept)
        )


def _published(ours: BodyValues | None, label: str) -> str:
    if ours is None:
        return NOT_THERE
    return ours.values.get(label) or f"なし（{ours.missing.get(label, NOT_THERE)}）"


def _plain(text: str) -> str:
    return text.replace("％", "%").removesuffix("%").strip()


def rates_of(layout: Layout, *, as_of: date) -> list[RateLine]:
    """Every body below: 完了率 as published, and in the same edition as it submitted."""
    published = queries.roll_up(layout.pack, as_of=as_of, source=SubmissionSource.PUBLISHED)
    submitted = queries.roll_up(layout.pack, as_of=as_of, basis=published.basis)
    theirs = {one.code: one for one in submitted.bodies}
    lines = []
    for one in published.bodies:
        sent = theirs.get(one.code)
        day = sent.submission.as_of if sent and sent.submission else None
        lines.append(RateLine(one.code, one.name, one.rate, sent.rate if sent else None, day))
    return lines


def file_of(uuid: UUID, *, as_of: date) -> tuple[str, Sequence[str], list[list[str]]]:
    """Everything that is published, as a table: its name, header and rows. Raises PublicationUnknown."""
    view = published_view(uuid, as_of=as_of)
    if view.columns:
        bodies = queries.published_values(uuid)
        rows = [[one.body, one.name, *_cells(one, view.columns)] for one in bodies]
        return view.told.title, ("団体コード", "団体", *view.columns), rows
    header = ("団体コード", "団体", "公表の完了率", "提出の完了率", "差（ポイント）", "提出の時点")
    return view.told.title, header, [_rate_row(one) for one in view.rates]


def _rate_row(line: RateLine) -> list[str]:
    rates = ("" if one is None else f"{float(one) * 100:.1f}" for one in (line.published, line.submitted))
    return [line.code, line.name, *rates, line.points, day_words(line.as_of) if line.as_of else ""]
