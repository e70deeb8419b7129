"""What an imported publication says of the bodies together: words counted, rates spread, and what is missing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from todoke.programme.progress.values import Spread
from todoke.programme.rollup import queries
from todoke.programme.rollup.values import BodyValues, Publication


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator over all bodies: `n` of `of` have a value; words with their counts, or how the rates are spread."""

    name: str
    n: int
    of: int
    words: Sequence[tuple[str, int]]
    spread: Spread | None


@dataclass(frozen=True, slots=True)
class PublicationView:
    """An import with its report and its figures."""

    told: Publication
    lines: Sequence[IndicatorLine]


def page(uuid: UUID) -> PublicationView:
    """One import. Raises PublicationUnknown."""
    told = queries.publication(uuid)
    return PublicationView(told, lines(queries.published_values(uuid)))


def lines(bodies: Sequence[BodyValues]) -> list[IndicatorLine]:
    """A line for each indicator, in the order of the file."""
    names = dict.fromkeys(name for one in bodies for name in (*one.values, *one.missing))
    return [_line(name, bodies) for name in names]


def _line(name: str, bodies: Sequence[BodyValues]) -> IndicatorLine:
    texts = [one.values[name] for one in bodies if name in one.values]
    rates = [found[0] for text in texts if (found := queries.rate_of(text)) is not None]
    words = Counter(text for text in texts if queries.rate_of(text) is None and not text.isdecimal())
    return IndicatorLine(name, len(texts), len(bodies), words.most_common(), Spread.of(rates))
