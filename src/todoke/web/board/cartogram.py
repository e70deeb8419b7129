"""The prefectures as tiles that lie about as they do on a map; our own arrangement, so that no map data is shipped. Pure.

Rows from the north, columns from the west, both from 1. A code without a place of its own（a body that is invented, say）
stands in a row below. The same figures stand in the table beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from todoke.programme.rollup.values import AreaLine

COLUMNS = 13
BELOW = 14  # the row of what has no place
LEVELS = 5
PLACES: Mapping[str, tuple[int, int]] = {
    "01": (1, 13), "02": (3, 12), "05": (4, 12), "03": (4, 13), "06": (5, 12), "04": (5, 13),
    "17": (6, 9), "16": (6, 10), "15": (6, 11), "07": (6, 12),
    "18": (7, 9), "21": (7, 10), "20": (7, 11), "10": (7, 12), "09": (7, 13),
    "32": (8, 5), "31": (8, 6), "28": (8, 7), "26": (8, 8), "25": (8, 9), "23": (8, 10), "19": (8, 11), "11": (8, 12),
    "08": (8, 13),
    "35": (9, 4), "34": (9, 5), "33": (9, 6), "27": (9, 7), "29": (9, 8), "24": (9, 9), "22": (9, 11), "13": (9, 12),
    "12": (9, 13),
    "42": (10, 1), "41": (10, 2), "40": (10, 3), "30": (10, 8), "14": (10, 12),
    "43": (11, 2), "44": (11, 3), "38": (11, 5), "37": (11, 6),
    "46": (12, 2), "45": (12, 3), "39": (12, 5), "36": (12, 6), "47": (13, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tile:
    """One prefecture: where it lies, and how deep its colour is（0 to 4; None: no figure, no colour）."""

    area: AreaLine
    row: int
    column: int
    level: int | None


def tiles(areas: Sequence[AreaLine]) -> tuple[Tile, ...]:
    """A tile for each prefecture, in the order of the codes; those without a place side by side below."""
    found, below = [], 0
    for one in areas:
        place = PLACES.get(one.code)
        if place is None:
            place = (BELOW + below // COLUMNS, below % COLUMNS + 1)
            below += 1
        found.append(Tile(one, *place, level(one.rate.median)))
    return tuple(found)


def level(share: Fraction | None) -> int | None:
    """Which fifth a share lies in."""
    return None if share is None else min(int(share * LEVELS), LEVELS - 1)
