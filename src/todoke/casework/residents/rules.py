"""One line of a resident file in, a row with its search keys or the name of the wrong column out; and the keys."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from todoke.foundation.row_files import RowFile, RowWrong, of_one_body
from todoke.japanese import eras, names, variant_forms
from todoke.japanese.errors import DateRefused

from .values import Resident, ResidentFileProfile, ResidentRow, ResidentStatus, Sought

_NUMBER = re.compile(r"[0-9A-Za-z-]{1,15}", re.ASCII)
_HOUSEHOLD = re.compile(r"[0-9A-Za-z-]{0,20}", re.ASCII)
_UNKNOWN_BIRTH = re.compile("[0-9０-９年月日頃ごろ昭大明平令和正治成元不詳明-]{1,40}")
LONGEST_NAME, LONGEST_ADDRESS = 200, 400


def row_file(profile: ResidentFileProfile, organisation: str = "") -> RowFile[ResidentRow]:
    """How files of this profile are read for a body; where the file names a body, it must be this one (C18)."""
    columns = profile.columns.model_dump()
    word = columns.pop("organisation")
    layout = RowFile(profile.encoding, profile.delimiter, columns, lambda cells: resident_row(cells, profile))
    return of_one_body(layout, word, organisation)


def resident_row(cells: Sequence[str], profile: ResidentFileProfile) -> ResidentRow:
    """The row that a line states, cells in the order of the columns; raises RowWrong."""
    (
        number, name, kana, former, alias, birth, sex, prefecture, city, town, block, building, previous, household,
        relation, status, moved_in, since, restricted, insured,
    ) = cells  # fmt: skip
    if not _NUMBER.fullmatch(number):
        raise RowWrong("number")
    if not _HOUSEHOLD.fullmatch(household) or not _HOUSEHOLD.fullmatch(insured):
        raise RowWrong("insured_number" if _HOUSEHOLD.fullmatch(household) else "household")
    address = _text(f"{prefecture}{city}{town}{block}{building}", "address", LONGEST_ADDRESS)
    others = "\n".join(one for one in (former.strip(), *re.split("[、,]", alias)) if one.strip())
    found = _word(profile.statuses, status, "status") if profile.columns.status else ResidentStatus.RESIDENT
    name, kana = _text(name, "name", LONGEST_NAME), _text(kana, "kana", LONGEST_NAME)
    if not name.strip():
        raise RowWrong("name")
    return ResidentRow(
        number, name, kana, _text(others, "alias", LONGEST_ADDRESS), _birth(birth),
        _word(profile.sexes, sex, "sex"), address, _text(previous, "previous_address", LONGEST_ADDRESS), household,
        _text(relation, "relation", 40), found, _day(moved_in, "moved_in"), _day(since, "status_since"),
        restricted.strip() in profile.restricted_words, insured, name_key(name), names.kana_key(kana)[:LONGEST_NAME],
    )  # fmt: skip


def name_key(text: str) -> str:
    """The key under which a name is found: width, blanks and 異体字 folded. For finding candidates, never for storing."""
    return variant_forms.folded(names.search_key(text))[:LONGEST_NAME]


def sought(name: str, kana: str = "", birth: str = "") -> Sought:
    """A stated person as candidates are looked for."""
    return Sought(name_key(name), names.kana_key(kana)[:LONGEST_NAME], _birth_or_nothing(birth))


def fits(resident: Resident, wanted: Sought) -> bool:
    """Whether a resident is a candidate: the birth agrees, and the name（now or formerly）or its reading does."""
    if not wanted.birth or resident.birth != wanted.birth:
        return False
    keys = {name_key(name) for name in (resident.name, *resident.other_names)}
    reads_alike = bool(wanted.kana_key) and names.kana_key(resident.kana) == wanted.kana_key
    return (bool(wanted.name_key) and wanted.name_key in keys) or reads_alike


def _text(text: str, column: str, longest: int) -> str:
    if len(text) > longest or any("\ud800" <= one <= "\udfff" for one in text) or "\x00" in text:
        raise RowWrong(column)
    return text


def _word(words: Mapping[str, str], text: str, column: str) -> str:
    found = words.get(text.strip())
    if found is None:
        raise RowWrong(column)
    return str(found)


@lru_cache(maxsize=50_000)
def _birth(text: str) -> str:
    """YYYY-MM-DD, or what is written where parts of it are 不詳; empty when nothing is."""
    if not text.strip():
        return ""
    try:
        return eras.read_date(text).isoformat()
    except DateRefused:
        if "不" not in text or not _UNKNOWN_BIRTH.fullmatch(text):
            raise RowWrong("birth") from None
        return text


def _birth_or_nothing(text: str) -> str:
    try:
        return eras.read_date(text).isoformat()
    except DateRefused:
        return ""


@lru_cache(maxsize=20_000)
def _day(text: str, column: str) -> str | None:
    try:
        return eras.read_date(text).isoformat() if text.strip() else None
    except DateRefused:
        raise RowWrong(column) from None
