"""What became of estimates and of forecasts: from reports to ratios, and from kept forecasts to their accuracy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median_low
from uuid import UUID

from todoke.programme.forecast.values import Accuracy, StoredForecast, WorkingDays
from todoke.programme.plans.values import Item
from todoke.programme.progress.values import Report, ReportState


def finished_on(reports: Iterable[Report]) -> dict[UUID, date]:
    """The day as of which each item was first reported done, of those whose newest report still says so."""
    first: dict[UUID, date] = {}
    for one in sorted(reports, key=lambda one: (one.as_of, one.id)):
        if one.state is ReportState.DONE:
            first.setdefault(one.item, one.as_of)
        else:
            first.pop(one.item, None)
    return first


def estimated_and_actual(
    items: Sequence[Item], reports: Sequence[Report], calendar: WorkingDays
) -> list[tuple[int, int]]:
    """(estimated, actual) working days of finished work: from the first report of work under way to the first of its end.

    Estimated is what remained likely at that first report; the item's estimate where none was stated.
    """
    ends = finished_on(reports)
    begun: dict[UUID, Report] = {}
    for one in sorted(reports, key=lambda one: (one.as_of, one.id)):
        if one.state is ReportState.WORKING:
            begun.setdefault(one.item, one)
    pairs = []
    for item in items:
        first, end = begun.get(item.uuid), ends.get(item.uuid)
        if first is None or end is None or end <= first.as_of:
            continue
        likely = first.remaining.likely if first.remaining else item.estimate.likely if item.estimate else 0
        pairs.append((round(likely), calendar.count_through(end) - calendar.index_from(first.as_of)))
    return [(estimated, actual) for estimated, actual in pairs if estimated > 0]


def accuracy(kept: StoredForecast, ends: Mapping[UUID, date]) -> Accuracy:
    """How many of the activities finished after a forecast were finished by the days that it gave."""
    done = [
        (ends[UUID(one.key)], one) for one in kept.activities
        if ":" not in one.key and ends.get(UUID(one.key), date.min) > kept.ref.as_of
    ]  # fmt: skip
    errors = [(end - one.p50).days for end, one in done]
    return Accuracy(
        kept.ref, len(done), sum(end <= one.p50 for end, one in done), sum(end <= one.p80 for end, one in done),
        median_low(errors) if errors else None,
    )  # fmt: skip
