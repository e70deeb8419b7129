"""What of a forecast is kept, as canonical JSON, and read back."""

import json
from datetime import date

from todoke.programme.forecast.values import (
    Chance,
    ExactAnswer,
    ExactWord,
    Forecast,
    ForecastRef,
    KeptExact,
    Likelihood,
    PlacedActivity,
    Schedule,
)

from .canonical import canonical


def written(placed: Schedule, likely: Forecast) -> str:
    """Where each activity lay and when it was likely done."""
    chances = [
        (one.key, one.p50, one.p80, None if one.chance is None else (one.chance.kept, one.chance.runs))
        for one in likely.activities
    ]
    return canonical({"placed": _lies(placed), "likely": chances, "months": likely.months})


def written_exact(answer: ExactAnswer) -> str:
    """The schedule of an exact answer and what was proved; nothing in it is a chance."""
    proved = (answer.word, answer.schedule.late_days, answer.late_bound, answer.finish_bound, answer.effort)
    return canonical({"placed": _lies(answer.schedule), "likely": [], "months": [], "exact": proved})


def read_exact(text: str, ref: ForecastRef) -> KeptExact:
    """What was proved, without the schedule."""
    word, late, late_bound, finish_bound, effort = json.loads(text)["exact"]
    return KeptExact(ref, ExactWord(word), late, late_bound, date.fromisoformat(finish_bound), effort)


def _lies(placed: Schedule) -> list[tuple[object, ...]]:
    return [
        (
            one.key, one.start, one.finish, one.early_start, one.early_finish, one.late_start, one.late_finish,
            one.float_days, one.free_days, one.slack_days, one.is_critical,
        )
        for one in placed.placed
    ]  # fmt: skip


def read(text: str) -> tuple[tuple[PlacedActivity, ...], tuple[Likelihood, ...]]:
    """The other way round."""
    document = json.loads(text)
    day = date.fromisoformat
    placed = tuple(
        PlacedActivity(
            key, day(start), day(finish), day(early), day(early_finish), day(late), day(late_finish), *rest
        )
        for key, start, finish, early, early_finish, late, late_finish, *rest in document["placed"]
    )
    likely = tuple(
        Likelihood(key, day(p50), day(p80), Chance(*chance) if chance else None)
        for key, p50, p80, chance in document["likely"]
    )
    return placed, likely
