"""Indicators that casework feeds: daily files are kept, and say the values of what the body keeps; persons add paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.exchange.values import Letter
from todoke.foundation.fence import current_organisation
from todoke.foundation.procedures import queries as procedures
from todoke.programme.progress import queries
from todoke.programme.progress.errors import EventsForeign, EventsUnfit, PaperCountForeign, PaperCountUnfit
from todoke.programme.progress.models import CaseDayRow, IndicatorValueRow, PaperCountRow
from todoke.programme.progress.rules import case_files, fed
from todoke.programme.progress.values import CaseDayPart, FedIndicator, Indicator, Stated, ToldCase

from .stating import keep_value

CASE_EVENTS = case_files.KIND
MOST_PAPER = 10_000_000  # a month
Reader = Callable[[date, date], Mapping[date, Sequence[ToldCase]]]


def _reader() -> Reader:
    """Reads the files of a day, or of a month, once, however many indicators ask for them one after the other."""
    return lru_cache(maxsize=2)(queries.case_events)


@transaction.atomic
def take_case_day(letter: Letter, *, actor: Actor, at: datetime) -> int:
    """Keep a daily file of casework of the body in scope; returns how many values it gave. The same one twice gives none.

    Values are stated when the day's revision is whole. Raises EventsForeign, EventsUnfit.
    """
    if letter.sender != current_organisation():
        raise EventsForeign(sender=letter.sender[:6])
    part = case_files.read(letter.body, as_of=letter.as_of)
    if part.day >= japanese_date(at):
        raise EventsUnfit(where="まだ終わっていない日")
    _keep(part, letter, at)
    read, days = _reader(), [part.day]
    return sum(
        _state(one, _of_days(one, days, read, at), actor=actor, at=at) for one in queries.kept_indicators()
    )


def _keep(part: CaseDayPart, letter: Letter, at: datetime) -> None:
    document, digest = case_files.as_kept(letter.body)
    others = CaseDayRow.objects.filter(day=part.day, revision=part.revision)
    if others.exclude(parts=part.parts).exists():
        raise EventsUnfit(where="分割")
    row, _ = CaseDayRow.objects.get_or_create(
        organisation_id=current_organisation(), day=part.day, revision=part.revision, part=part.part,
        defaults={
            "parts": part.parts, "document": document, "sha256": digest, "taken_at": at,
        },
    )  # fmt: skip
    if row.sha256 != digest:
        raise EventsUnfit(where="同じ版に違う内容")


@transaction.atomic
def fill_in(code: str, *, actor: Actor, at: datetime) -> int:
    """State what the files that are here already say of one indicator; returns how many values. None for any other."""
    if fed.of_code(code) is None:
        return 0
    one = queries.indicator(code)
    return _state(one, _of_days(one, queries.case_days(), _reader(), at), actor=actor, at=at)


@transaction.atomic
def state_paper_counts(viewer: Viewer, month: date, counts: Mapping[str, int], *, at: datetime) -> int:
    """A person states how many applications of each procedure came on paper in a month that is over, or corrects it.

    Only of procedures in the charge of the sections for which they report. All or nothing; what says nothing new is
    left out. Returns how many counts were kept. Raises RightMissing, ProcedureUnknown, PaperCountUnfit, PaperCountForeign.
    """
    require(viewer, Right.REPORT_PROGRESS)
    _check(viewer, month, counts, japanese_date(at))
    known = queries.stated_paper(month)
    new = {procedure: count for procedure, count in counts.items() if known.get(procedure) != count}
    for procedure, count in sorted(new.items()):
        PaperCountRow.objects.create(
            organisation_id=current_organisation(), procedure=procedure, month=month, count=count,
            by=str(viewer.staff_id), at=at,
        )  # fmt: skip
        audit.record(
            "paper_count.stated", object_kind="procedure", object_id=procedure, actor=viewer.actor(), at=at,
            facts={"month": f"{month:%Y-%m}", "count": count},
        )  # fmt: skip
    if new:
        _state_shares(month, frozenset(new), viewer, at)
    return len(new)


def _check(viewer: Viewer, month: date, counts: Mapping[str, int], today: date) -> None:
    if month.day != 1 or month >= fed.month_of(today):
        raise PaperCountUnfit(where="月")
    if not all(0 <= count <= MOST_PAPER for count in counts.values()):
        raise PaperCountUnfit(where="件数")
    own = queries.procedures_of(viewer)
    for procedure in counts:
        named = procedures.procedure(procedure)
        if own is not None and procedure not in own:
            raise PaperCountForeign(procedure=named.name)


def _state_shares(month: date, procedures_told: frozenset[str], viewer: Viewer, at: datetime) -> None:
    """The online shares of that month: of all procedures, and of those that were told."""
    read, by = _reader(), viewer.actor()
    for one in queries.kept_indicators():
        which = fed.of_code(one.code)
        if which and which[0] is FedIndicator.ONLINE_SHARE and which[1] in ("", *procedures_told):
            _state(one, _of_months(one, [month], read, at), actor=by, at=at)


def _of_days(one: Indicator, days: Sequence[date], read: Reader, at: datetime) -> Iterator[Stated]:
    """What the files of these days say of an indicator; nothing of one that casework does not feed."""
    which = fed.of_code(one.code)
    if which is None:
        return
    name, procedure = which
    if name is FedIndicator.ONLINE_SHARE:
        yield from _of_months(one, sorted({fed.month_of(day) for day in days}), read, at)
        return
    for day in days:
        for events in read(day, day).values():  # one, or none while a part is missing
            yield fed.of_day(name, events, day, procedure)


def _of_months(one: Indicator, months: Sequence[date], read: Reader, at: datetime) -> Iterator[Stated]:
    """The share of each of these months that is over, once the file of its last day is here."""
    which = fed.of_code(one.code)
    today = japanese_date(at)
    for month in months:
        days = fed.days_of(month)
        events = read(days[0], days[-1]) if which and days[-1] < today else {}
        if which and days[-1] in events:
            yield fed.of_month(events, queries.stated_paper(month), month, which[1])


def _state(one: Indicator, said: Iterator[Stated], *, actor: Actor, at: datetime) -> int:
    """Keep what is said otherwise than before."""
    statements, kept = list(said), 0
    known = queries.newest_fed(one.id, [stated.as_of for stated in statements])
    for stated in statements:
        if not _is_known(known.get(stated.as_of), stated):
            keep_value(one.code, stated, actor=actor, at=at)
            kept += 1
    return kept


def _is_known(row: IndicatorValueRow | None, stated: Stated) -> bool:
    return row is not None and (
        (row.value, row.numerator, row.denominator, row.missing, row.events)
        == (stated.value, stated.numerator, stated.denominator, stated.missing, " ".join(stated.events))
    )
