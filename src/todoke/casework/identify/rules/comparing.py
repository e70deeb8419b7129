"""What an application or a certificate says of a person against the resident record, field by field, explained.

A difference is explained or it is one: 代替文字 fit any character, 異体字 and width and the forms of kana and addresses
are differences of writing（表記の違い）, everything else is 不一致. What is not stated or not held is 照合先なし, never a
mismatch. Nothing here identifies anybody: a serial did, and this says whether it can be believed.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from todoke.casework.identify.values import (
    ComparedField,
    Comparison,
    FieldComparison,
    FieldMatch,
    Stated,
)
from todoke.casework.residents.values import Resident, ResidentStatus, Sex
from todoke.japanese import addresses, eras, names, readings
from todoke.japanese.errors import DateRefused
from todoke.japanese.variant_forms import COMMON, VariantForms

Step = tuple[str, Callable[[str], str]]
SUBSTITUTED = "代替文字"
_ANY = None
_BRACKETS = re.compile(r"[\[(][^\])]{1,40}[\])]")
_SEXES = {
    "1": Sex.MALE, "男": Sex.MALE, "男性": Sex.MALE, "2": Sex.FEMALE, "女": Sex.FEMALE, "女性": Sex.FEMALE,
    "3": Sex.UNKNOWN, "不明": Sex.UNKNOWN,
}  # fmt: skip
_TELLING = (ComparedField.NAME, ComparedField.BIRTH)
_NOTHING_HELD = "住民記録の写しに記載がない"


def compare(
    stated: Stated, resident: Resident | None, *, on: date, forms: VariantForms = COMMON
) -> Comparison:
    """Compare a statement with the record of the number that was found; `on` is the day of the application."""
    if resident is None:
        return Comparison(stated.by, FieldMatch.ABSENT)
    fields = (
        _name(stated, resident, forms),
        _explained(ComparedField.KANA, stated.kana, resident.kana, readings.STEPS),
        _birth(stated.birth, resident.birth),
        _sex(stated.sex, resident.sex),
        _address(stated, resident, forms),
    )
    remarks = _remarks(resident, on)
    return Comparison(stated.by, grade(fields, has_died=_has_died(resident, on)), fields, remarks)


def grade(fields: Sequence[FieldComparison], *, has_died: bool = False) -> FieldMatch:
    """The whole: name and birth decide; a different address or sex is worth a look, but no other person."""
    found = {one.field: one.match for one in fields}
    if has_died or any(found.get(field) is FieldMatch.DIFFERS for field in _TELLING):
        return FieldMatch.DIFFERS
    if all(found.get(field, FieldMatch.ABSENT) is FieldMatch.ABSENT for field in _TELLING):
        return FieldMatch.ABSENT
    plain = (FieldMatch.AGREES, FieldMatch.ABSENT)
    return FieldMatch.AGREES if all(match in plain for match in found.values()) else FieldMatch.VARIES


def _remarks(resident: Resident, on: date) -> tuple[str, ...]:
    marks = []
    if resident.status is not ResidentStatus.RESIDENT:
        since = f"（{eras.written(resident.status_since)}）" if resident.status_since else ""
        marks.append(f"{resident.status.label}{since}")
    if resident.is_restricted:
        marks.append("他業務参照不可")
    if _has_died(resident, on):
        marks.append("申請の日に死亡している")
    return tuple(marks)


def _has_died(resident: Resident, on: date) -> bool:
    if resident.status is not ResidentStatus.DECEASED:
        return False
    return resident.status_since is None or resident.status_since <= on


def _name(stated: Stated, resident: Resident, forms: VariantForms) -> FieldComparison:
    """Against the name, then against former names and aliases; the best answer counts."""
    if not stated.name.strip() or not resident.name.strip():
        return _absent(ComparedField.NAME, stated.name, resident.name)
    tries = [(resident.name, ()), *((other, ("旧氏・別名",)) for other in resident.other_names)]
    for held, why in tries:
        reasons = _same_name(stated.name, held, stated.name_marks, forms)
        if reasons is not None:
            return _found(ComparedField.NAME, stated.name, resident.name, (*why, *reasons))
    return FieldComparison(ComparedField.NAME, FieldMatch.DIFFERS, stated.name, resident.name)


def _same_name(stated: str, held: str, marks: frozenset[int], forms: VariantForms) -> tuple[str, ...] | None:
    """Why two names are one（nothing: they are plainly so）, or None."""
    if stated == held and not marks:
        return ()
    if not marks:
        return _explain(
            stated,
            held,
            (
                ("空白・全角半角", names.search_key),
                ("旧氏の併記", lambda text: _BRACKETS.sub("", text)),
                ("異体字", forms.folded),
            ),
        )
    return _fitting(_places(stated, marks), held, forms)


def _fitting(places: list[str | None], held: str, forms: VariantForms) -> tuple[str, ...] | None:
    """Why a name with 代替文字 fits a record. A 異体字セレクタ may have been replaced with its character, or by itself."""
    for others in (list(names.search_key(held)), _characters(held)):
        if len(places) == len(others):
            pairs = [(one, other) for one, other in zip(places, others, strict=True) if one is not _ANY]
            if all(forms.folded(one) == forms.folded(other) for one, other in pairs):
                return (SUBSTITUTED, *(("異体字",) if any(one != other for one, other in pairs) else ()))
    return None


def _characters(text: str) -> list[str]:
    """The characters as they are compared, 異体字セレクタ as characters of their own."""
    return [part for one in text for part in (names.search_key(one) or ("" if one.isspace() else one))]


def _places(text: str, marks: frozenset[int]) -> list[str | None]:
    """The characters of a text as they are compared, blanks left out; _ANY where a 代替文字 stands."""
    found: list[str | None] = []
    for position, one in enumerate(text):
        if position in marks:
            found.append(_ANY)
        else:
            found.extend(names.search_key(one))
    return found


def _explain(one: str, other: str, steps: Sequence[Step]) -> tuple[str, ...] | None:
    """The steps that were needed to make two texts equal, or None when they stay different."""
    needed: list[str] = []
    for reason, step in steps:
        if one == other:
            break
        changed = step(one), step(other)
        if (changed[0] != one) != (changed[1] != other) or (
            changed != (one, other) and changed[0] == changed[1]
        ):
            needed.append(reason)
        one, other = changed
    return tuple(needed) if one == other else None


def _explained(field: ComparedField, stated: str, held: str, steps: Sequence[Step]) -> FieldComparison:
    if not stated.strip() or not held.strip():
        return _absent(field, stated, held)
    reasons = _explain(stated, held, steps)
    if reasons is None:
        return FieldComparison(field, FieldMatch.DIFFERS, stated, held)
    return _found(field, stated, held, reasons)


def _found(field: ComparedField, stated: str, held: str, reasons: tuple[str, ...]) -> FieldComparison:
    """A mere blank or width is no difference worth a word; everything else is told."""
    told = tuple(dict.fromkeys(reason for reason in reasons if not reason.startswith("空白")))
    return FieldComparison(field, FieldMatch.VARIES if told else FieldMatch.AGREES, stated, held, told)


def _absent(field: ComparedField, stated: str, held: str) -> FieldComparison:
    why = () if held.strip() else (_NOTHING_HELD,)
    return FieldComparison(field, FieldMatch.ABSENT, stated, held, why)


def _birth(stated: str, held: str) -> FieldComparison:
    """Dates in any era; 不詳 on either side can neither agree nor differ."""
    field = ComparedField.BIRTH
    one, other = _day(stated), _day(held)
    if one is None or other is None:
        unknown = (("不詳",) if "不" in stated + held else ()) if stated.strip() else ()
        found = _absent(field, stated, held)
        return FieldComparison(field, found.match, stated, held, unknown or found.reasons)
    return FieldComparison(field, FieldMatch.AGREES if one == other else FieldMatch.DIFFERS, stated, held)


def _day(text: str) -> date | None:
    try:
        return eras.read_date(text) if text.strip() else None
    except DateRefused:
        return None


def _sex(stated: str, held: Sex) -> FieldComparison:
    found = _SEXES.get(stated.strip(), Sex.UNSTATED)
    known = (Sex.MALE, Sex.FEMALE)
    match = FieldMatch.ABSENT
    if found in known and held in known:
        match = FieldMatch.AGREES if found is held else FieldMatch.DIFFERS
    return FieldComparison(ComparedField.SEX, match, stated, held.label if held else "")


def _address(stated: Stated, resident: Resident, forms: VariantForms) -> FieldComparison:
    """Against the address, then against the one before（転居の直後の申請）."""
    field = ComparedField.ADDRESS
    if not stated.address.strip() or not resident.address.strip():
        return _absent(field, stated.address, resident.address)
    for held, why in ((resident.address, ()), (resident.previous_address, ("前の住所",))):
        reasons = _same_address(stated, held, forms) if held.strip() else None
        if reasons is not None:
            return _found(field, stated.address, resident.address, (*why, *reasons))
    return FieldComparison(field, FieldMatch.DIFFERS, stated.address, resident.address)


def _same_address(stated: Stated, held: str, forms: VariantForms) -> tuple[str, ...] | None:
    if stated.address_marks:
        return _same_name(stated.address, held, stated.address_marks, forms)
    if addresses.contradict(stated.address, held):
        return None
    steps: tuple[Step, ...] = (*addresses.STEPS, ("異体字", forms.folded))
    reasons = _explain(stated.address, held, steps)
    if reasons is not None:
        return reasons
    keys = [forms.folded(addresses.key(text)) for text in (stated.address, held)]
    return ("方書の有無",) if addresses.has_only_more_building(*keys) else None
