"""Lists that are read page by page by the key of the last row seen: no page numbers, no counting, no skipped rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and what the next one starts after (empty: this is the last)."""

    rows: Sequence[Row]
    next_after: str
    is_first: bool


def page_of(rows: Sequence[Row], size: int, key: Callable[[Row], str], *, is_first: bool = True) -> Page[Row]:
    """A page of `size` rows out of up to `size` + 1 that were asked for."""
    shown = rows[:size]
    return Page(shown, key(shown[-1]) if len(rows) > size else "", is_first)


def after_of(request: HttpRequest) -> int:
    """The id of the last row seen, 0 for the first page or for nonsense."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
