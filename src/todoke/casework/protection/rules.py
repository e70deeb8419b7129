"""One line of a list in, an entry or the wrong column out; and the keys by which an unidentified person is compared."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from todoke.foundation.row_files import RowFile, RowWrong
from todoke.japanese import eras, names, variant_forms
from todoke.japanese.errors import DateRefused

from .errors import DatesUnfit, NumberUnfit
from .values import ProtectionEntry, ProtectionFileProfile, Stated

LONGEST = 200
LOOK_AGAIN_AFTER = timedelta(
    minutes=10
)  # a case being opened while a line was written is looked at once more
JAPAN = ZoneInfo("Asia/Tokyo")
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,15}", re.ASCII)


def stated(name: str, kana: str = "", birth: str = "") -> Stated:
    """A person as keys: width, blanks, small kana and 異体字 folded, birth in one form. For comparing only."""
    try:
        day = eras.read_date(birth).isoformat() if birth.strip() else ""
    except DateRefused:
        day = ""
    return Stated(variant_forms.folded(names.search_key(name))[:LONGEST], names.kana_key(kana)[:LONGEST], day)


def resembles(one: Stated, other: Stated) -> bool:
    """Whether two may be the same person: name or reading agree, and the births do not contradict each other.

    An unknown birth contradicts nothing: hiding one case too many is repaired by identifying it.
    """
    if one.birth and other.birth and one.birth != other.birth:
        return False
    is_same_name = bool(one.name_key) and one.name_key == other.name_key
    return is_same_name or (bool(one.kana_key) and one.kana_key == other.kana_key)


def check(entry: ProtectionEntry) -> None:
    """Raises NumberUnfit, DatesUnfit."""
    if not _NUMBER.fullmatch(entry.number):
        raise NumberUnfit
    if entry.ends_on is not None and entry.ends_on < entry.starts_on:
        raise DatesUnfit


def next_review(ends_on: date | None, *, after: datetime) -> datetime | None:
    """When the cases of a person have to be looked at next: the morning after the last day; None when never."""
    if ends_on is None:
        return None
    morning = datetime.combine(ends_on + timedelta(days=1), time.min, JAPAN)
    return morning if morning > after else None


def row_file(profile: ProtectionFileProfile) -> RowFile[ProtectionEntry]:
    """How files of this profile are read."""
    columns = profile.columns.model_dump()
    return RowFile(profile.encoding, profile.delimiter, columns, lambda cells: _entry(cells, profile))


def _entry(cells: Sequence[str], profile: ProtectionFileProfile) -> ProtectionEntry:
    number, kind, starts_on, ends_on, name, kana, birth = cells
    if not _NUMBER.fullmatch(number):
        raise RowWrong("number")
    if kind.strip() not in profile.kinds:
        raise RowWrong("kind")
    first, last = _day(starts_on, "starts_on"), _day(ends_on, "ends_on") if ends_on.strip() else None
    if last is not None and last < first:
        raise RowWrong("ends_on")
    return ProtectionEntry(
        number, profile.kinds[kind.strip()], first, last, _text(name, "name"), _text(kana, "kana"), birth
    )


def _day(text: str, column: str) -> date:
    try:
        return eras.read_date(text)
    except DateRefused:
        raise RowWrong(column) from None


def _text(text: str, column: str) -> str:
    if len(text) > LONGEST or any("\ud800" <= one <= "\udfff" for one in text) or "\x00" in text:
        raise RowWrong(column)
    return text
