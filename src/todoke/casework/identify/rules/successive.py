"""A full file of links beside what former loads said: what is new, what ended, what was corrected, what just stays.

Rows are plain tuples in the order of `Row`, moments as the database writes them. Ten million pass here, in pages of equal
serials: whole pages are compared as sets, and only the serials that differ are looked at one by one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

# serial, number, issuer key, kind of number, since, until（None: still）, reason, whether the end was only derived
Row: TypeAlias = tuple[str, str, str, str, str, str | None, str, bool | int]
# the same with the id of its generation and its own before it
FormerRow: TypeAlias = tuple[int, int, str, str, str, str, str, str | None, str, bool | int]
Identity: TypeAlias = tuple[str, str, str, str, str]  # the first five of a row: one link, whatever its end
SERIAL: Final = 0
NUMBER: Final = 1
KIND: Final = 3
SINCE: Final = 4
UNTIL: Final = 5


@dataclass(slots=True)
class Compared:
    """What one page brought. `ended` are open ones that the file no longer lists; `kept` had ended before.

    `written` says the same as the file where former loads said something else or nothing; `fresh`（kind, number）are
    those with a certificate that no former load knew; `corrected` are the ids of what must not be read any more.
    """

    written: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)
    kept: list[Row] = field(default_factory=list)
    corrected: list[int] = field(default_factory=list)
    fresh: set[tuple[str, str]] = field(default_factory=set)


def last_word(former: Iterable[FormerRow]) -> dict[Identity, Row]:
    """What former loads say of each link: a later generation's word replaces an earlier one's."""
    said: dict[Identity, tuple[int, Row]] = {}
    for generation, _, *cells in former:
        row: Row = tuple(cells)  # type: ignore[assignment]  # the driver's rows have no types
        identity = row[:5]
        if identity not in said or generation > said[identity][0]:
            said[identity] = (generation, row)
    return {identity: row for identity, (_, row) in said.items()}


def adopt(listed: Sequence[Row], former: Iterable[Row]) -> list[Row]:
    """The listed rows of a file that does not say since when links hold, with the beginnings that are known already."""
    known: dict[tuple[str, ...], tuple[str, bool | int]] = {}
    for row in former:
        beginning = (row[SINCE], row[7])
        if row[UNTIL] is None and beginning < known.get(row[:4], ("~", True)):
            known[row[:4]] = beginning
    if not known:
        return list(listed)
    return [
        row if (found := known.get(row[:4])) is None else (*row[:4], found[0], row[UNTIL], row[6], found[1])
        for row in listed
    ]


def compare(listed: Sequence[Row], former: Sequence[FormerRow]) -> Compared:
    """Compare the rows of both with the same serials. The order of `listed` is that of the file: its first word counts."""
    alike = {row[2:] for row in former}
    if len(alike) == len(listed) and alike == set(listed):
        return _settled(listed, former)
    said = last_word(former)
    told = set(said.values())
    here = set(listed)
    differing = {row[SERIAL] for row in here ^ told}
    by_serial, beside, stay = _group(listed, differing), _group(said.values(), differing), Compared()
    ids: dict[Identity, list[int]] = defaultdict(list)
    for row in former:
        if row[2] in differing:
            ids[row[2:7]].append(row[1])
    for serial in sorted(differing):
        _one_serial(by_serial[serial], beside[serial], ids, stay)
    return stay


def _settled(listed: Sequence[Row], former: Sequence[FormerRow]) -> Compared:
    """Nothing differs, unless a later load had a word on an earlier one's: then that word is the file's too."""
    if len(former) == len(listed):
        return Compared()
    said = last_word(former)
    return Compared(written=[row for row in listed if said[row[:5]] != row])


def _group(rows: Iterable[Row], serials: Collection[str]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[SERIAL] in serials:
            found[row[SERIAL]].append(row)
    return found


def _one_serial(
    listed: Sequence[Row], former: Sequence[Row], ids: dict[Identity, list[int]], found: Compared
) -> None:
    """A link is the same when key, number and beginning are the same; an open one may have been given another beginning."""
    first: dict[Identity, Row] = {}
    for row in listed:
        first.setdefault(row[:5], row)
    said = {row[:5]: row for row in former}
    known = {row[:3] for row in former}
    for identity, row in first.items():
        if said.get(identity) != row:
            found.written.append(row)
        if row[UNTIL] is None and row[:3] not in known:
            found.fresh.add((row[KIND], row[NUMBER]))
    links = {row[:4] for row in listed}
    for identity, row in said.items():
        if identity in first:
            continue
        if row[UNTIL] is not None:
            found.kept.append(row)
        elif row[:4] in links:
            found.corrected += ids[identity]
        else:
            found.ended.append(row)
