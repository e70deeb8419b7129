"""What each kind of rule asks of one answer: one plain function per kind, in a table.

Each is linear in the text, so a text from outside can cost nothing unusual（T25）; numbers are exact（T24）.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from todoke.casework.intake.values import CheckKind, CheckRule
from todoke.japanese import classes, eras, numbers, shapes
from todoke.japanese.errors import DateRefused

Answers = Mapping[str, Sequence[tuple[int, str]]]  # field → (position, text) of each answer
TODAY, APPLIED_ON = "today", "applied_on"
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_SIGNS = "-‐‑‒–—―−－ーｰ─・･.．,，、。*＊?？ 　"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule may compare an answer with: the other answers, the days of reception and of application."""

    answers: Answers
    today: date
    applied_on: date

    def text(self, field: str) -> str:
        """The first answer of a field; empty when there is none."""
        places = self.answers.get(field)
        return places[0][1] if places else ""

    def day(self, name: str) -> date | None:
        """The day of this name: today, applied_on, or what a field says; None where it says none."""
        if name in {"", TODAY}:
            return self.today
        return self.applied_on if name == APPLIED_ON else read_day(self.text(name))


def read_day(text: str) -> date | None:
    """The day that a text says, in 和暦 or Western; None when it says none."""
    try:
        return eras.read_date(text)
    except DateRefused:
        return None


def _is_within(rule: CheckRule, value: int | Decimal) -> bool:
    return (rule.least is None or rule.least <= value) and (rule.most is None or value <= rule.most)


def _means_something(_rule: CheckRule, text: str, _asked: Asked) -> bool:
    return bool(text.strip(_SIGNS))


def _length(rule: CheckRule, text: str, _asked: Asked) -> bool:
    return _is_within(rule, len(text))


def _characters(rule: CheckRule, text: str, _asked: Asked) -> bool:
    return classes.consists_of(text, rule.words)


def _free_of(rule: CheckRule, text: str, _asked: Asked) -> bool:
    return not classes.holds_any(text, rule.words)


def _shape(rule: CheckRule, text: str, _asked: Asked) -> bool:
    return shapes.fits_any(text, rule.words)


def _choice(rule: CheckRule, text: str, _asked: Asked) -> bool:
    return text.strip() in rule.words


def _number(rule: CheckRule, text: str, _asked: Asked) -> bool:
    value = numbers.amount(text)
    return value is not None and _is_within(rule, value)


def _postal_code(_rule: CheckRule, text: str, _asked: Asked) -> bool:
    return numbers.postal_code(text) is not None


def _telephone(_rule: CheckRule, text: str, _asked: Asked) -> bool:
    return numbers.telephone(text) is not None


def _individual_number(_rule: CheckRule, text: str, _asked: Asked) -> bool:
    digits = numbers.ascii_digits(text)
    return digits is not None and numbers.is_individual_number(digits)


def _date(_rule: CheckRule, text: str, _asked: Asked) -> bool:
    """A text that is no date at all（不詳）is for the rule date_form to judge."""
    try:
        eras.read_date(text)
    except DateRefused as refused:
        return refused.reason == "form"
    return True


def _date_form(rule: CheckRule, text: str, _asked: Asked) -> bool:
    try:
        eras.read_date(text)
    except DateRefused as refused:
        return refused.reason != "form" or text.strip() in rule.words
    return True


def _time(_rule: CheckRule, text: str, _asked: Asked) -> bool:
    matched = _TIME.fullmatch(shapes.plain(text))
    if matched is None:
        return False
    hour, minute, second = (int(part or 0) for part in matched.groups())
    return hour < 24 and minute < 60 and second < 60


def _date_range(rule: CheckRule, text: str, asked: Asked) -> bool:
    """Between two days, or so many days from another one; what is no date is another rule's matter."""
    day = read_day(text)
    if day is None:
        return True
    if (rule.first is not None and day < rule.first) or (rule.last is not None and day > rule.last):
        return False
    base = asked.day(rule.other)
    return base is None or _is_within(rule, (day - base).days)


def _age(rule: CheckRule, text: str, asked: Asked) -> bool:
    """The age on the day of reception, or on another day（年齢計算ニ関スル法律）."""
    birth, base = read_day(text), asked.day(rule.other)
    if birth is None or base is None:
        return True
    return birth <= base and _is_within(rule, eras.age_on(birth, base))


def _same(rule: CheckRule, text: str, asked: Asked) -> bool:
    return text.strip() == asked.text(rule.other).strip()


HOLDS: Mapping[CheckKind, Callable[[CheckRule, str, Asked], bool]] = {
    CheckKind.MEANINGFUL: _means_something,
    CheckKind.LENGTH: _length,
    CheckKind.CHARACTERS: _characters,
    CheckKind.FREE_OF: _free_of,
    CheckKind.SHAPE: _shape,
    CheckKind.CHOICE: _choice,
    CheckKind.NUMBER: _number,
    CheckKind.POSTAL_CODE: _postal_code,
    CheckKind.TELEPHONE: _telephone,
    CheckKind.INDIVIDUAL_NUMBER: _individual_number,
    CheckKind.DATE: _date,
    CheckKind.DATE_FORM: _date_form,
    CheckKind.TIME: _time,
    CheckKind.DATE_RANGE: _date_range,
    CheckKind.AGE: _age,
    CheckKind.SAME: _same,
}
