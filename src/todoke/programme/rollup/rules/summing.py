"""A sum of many bodies written as JSON and read back to the last digit; pure. Fractions are written as fractions."""

import json
from collections.abc import Mapping
from dataclasses import astuple
from datetime import date
from fractions import Fraction
from typing import Any

from todoke.programme.rollup.values import Counts, Pile, Summed, SummedArea, SummedConcept


def written(one: Summed) -> str:
    """As it is kept."""
    found = {
        "days": _days(one.days), "comparable": one.comparable, "rate": _pile(one.rate), "weighted": _pile(one.weighted),
        "concepts": {code: [astuple(of.counts), _pile(of.rate)] for code, of in one.concepts.items()},
        "areas": {code: [_days(of.days), _pile(of.rate)] for code, of in one.areas.items()},
    }  # fmt: skip
    return json.dumps(found, separators=(",", ":"))


def _days(days: Mapping[date, int]) -> dict[str, int]:
    return {day.isoformat(): count for day, count in days.items()}


def _pile(one: Pile) -> list[Any]:
    five = [[of.numerator, of.denominator] for of in one.five] if one.five else None
    return [five, _days(one.days), one.known, one.steps]


def read(text: str) -> Summed:
    """What was kept; our own writing, so nothing in it is doubted."""
    found = json.loads(text)
    concepts = {
        code: SummedConcept(Counts(*of[0]), _read_pile(of[1])) for code, of in found["concepts"].items()
    }
    areas = {code: SummedArea(_read_days(of[0]), _read_pile(of[1])) for code, of in found["areas"].items()}
    return Summed(
        _read_days(found["days"]), found["comparable"], _read_pile(found["rate"]), _read_pile(found["weighted"]),
        concepts, areas,
    )  # fmt: skip


def _read_days(found: Mapping[str, int]) -> dict[date, int]:
    return {date.fromisoformat(day): count for day, count in found.items()}


def _read_pile(found: list[Any]) -> Pile:
    five, days, known, steps = found
    if five is None:
        return Pile(None, _read_days(days), known, steps)
    lowest, first, median, third, highest = (Fraction(*one) for one in five)
    return Pile((lowest, first, median, third, highest), _read_days(days), known, steps)
