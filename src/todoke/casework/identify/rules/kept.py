"""Comparisons as the text that is kept with a party: what was found, and both spellings where they differ."""

import json
from collections.abc import Sequence

from todoke.casework.identify.values import (
    ComparedField,
    Comparison,
    FieldComparison,
    FieldMatch,
    StatedBy,
)


def text_of(comparisons: Sequence[Comparison]) -> str:
    """JSON; empty for no comparison. A field that agrees keeps no value: it stands in the application anyway."""
    if not comparisons:
        return ""
    rows = [
        {
            "by": one.by.value, "grade": one.grade.value, "remarks": list(one.remarks),
            "fields": [_field(field) for field in one.fields],
        }
        for one in comparisons
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _field(one: FieldComparison) -> list[object]:
    if one.match in (FieldMatch.AGREES, FieldMatch.ABSENT):
        return [one.field.value, one.match.value, "", "", list(one.reasons)]
    return [one.field.value, one.match.value, one.stated, one.held, list(one.reasons)]


def comparisons_of(text: str) -> tuple[Comparison, ...]:
    """The comparisons that a text keeps."""
    return tuple(
        Comparison(
            StatedBy(row["by"]), FieldMatch(row["grade"]),
            tuple(
                FieldComparison(ComparedField(field), FieldMatch(match), stated, held, tuple(reasons))
                for field, match, stated, held, reasons in row["fields"]
            ),
            tuple(row["remarks"]),
        )
        for row in json.loads(text or "[]")
    )  # fmt: skip
