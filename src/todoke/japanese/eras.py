"""Dates between 和暦 and the Western calendar, with the borders of the eras as they were in law.

Source: 元号を改める政令（昭和64年政令第1号、平成31年政令第143号）, 明治5年太政官布告第337号 (Gregorian calendar from
明治6年1月1日; the days before it are of the lunar calendar and are not converted), 年齢計算ニ関スル法律.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

from .errors import DateRefused

_DIGITS = str.maketrans("０１２３４５６７８９．／－　", "0123456789./- ")


class Era(Enum):
    """An era: its name, letter, first and last day（both inclusive）.

    `digit` is its number in a certificate of JPKI. On 大正1年7月30日 and 昭和1年12月25日 the old and the new era share the day.
    """

    MEIJI = ("明治", "M", date(1873, 1, 1), date(1912, 7, 30), 1867)
    TAISHO = ("大正", "T", date(1912, 7, 30), date(1926, 12, 25), 1911)
    SHOWA = ("昭和", "S", date(1926, 12, 25), date(1989, 1, 7), 1925)
    HEISEI = ("平成", "H", date(1989, 1, 8), date(2019, 4, 30), 1988)
    REIWA = ("令和", "R", date(2019, 5, 1), date.max, 2018)

    def __init__(self, label: str, letter: str, first: date, last: date, offset: int) -> None:
        self.label, self.letter = label, letter
        self.first, self.last, self.offset = first, last, offset
        self.digit = len(type(self).__members__) + 1


@dataclass(frozen=True, slots=True)
class EraDate:
    """A day in an era（和暦の日付）."""

    era: Era
    year: int
    month: int
    day: int

    def __str__(self) -> str:
        year = "元" if self.year == 1 else str(self.year)
        return f"{self.era.label}{year}年{self.month}月{self.day}日"

    def short(self) -> str:
        """The form of narrow columns: R1.5.1."""
        return f"{self.era.letter}{self.year}.{self.month}.{self.day}"

    def western(self) -> date:
        """The day in the Western calendar; raises DateRefused for a day that the era never had."""
        if self.year < 1:
            raise DateRefused("era")
        found = _day(self.era.offset + self.year, self.month, self.day)
        if not self.era.first <= found <= self.era.last:
            raise DateRefused("era")
        return found


_NAMES = {name: era for era in Era for name in (era.label, era.label[0], era.letter, era.letter.lower())}
_BY_DIGIT = {str(era.digit): era for era in Era}
_ERA_FORM = re.compile(
    r"(明治|大正|昭和|平成|令和|[明大昭平令MTSHRmtshr]) ?(元|[0-9]{1,2})"
    r" ?(?:年|[./-]) ?([0-9]{1,2}) ?(?:月|[./-]) ?([0-9]{1,2})日?"
)
_WESTERN_FORM = re.compile(
    r"([0-9]{4})(?:年|[./-])([0-9]{1,2})(?:月|[./-])([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)
_ISO_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # what most forms hold is read first
_CERTIFICATE_FORM = re.compile(r"([1-5])([0-9]{4})([0-9]{2})([0-9]{2})")


def in_era(day: date) -> EraDate:
    """The day in 和暦; on a shared day the new era. Raises DateRefused before 明治6年1月1日."""
    for era in reversed(Era):
        if era.first <= day:
            return EraDate(era, day.year - era.offset, day.month, day.day)
    raise DateRefused("era")


@lru_cache(maxsize=4_096)
def written(day: date) -> str:
    """「令和元年5月1日」; Western for days before 明治6年, which have no 和暦 of this calendar."""
    if day < Era.MEIJI.first:
        return f"{day.year}年{day.month}月{day.day}日"
    return str(in_era(day))


def read_date(text: str) -> date:
    """Read a date in 和暦（令和元年5月1日, R1.5.1, 令1-05-01）or Western（2019-05-01, 2019年5月1日, 20190501）.

    Full-width digits and signs are read too. Raises DateRefused with form, day (no such day) or era (not in it).
    """
    if _ISO_FORM.fullmatch(text):
        return _day(int(text[:4]), int(text[5:7]), int(text[8:]))
    plain = text.strip(" \t\r\n　").translate(_DIGITS)
    matched = _ERA_FORM.fullmatch(plain)
    if matched:
        year, month, day = (1 if part == "元" else int(part) for part in matched.groups()[1:])
        return EraDate(_NAMES[matched[1]], year, month, day).western()
    matched = _WESTERN_FORM.fullmatch(plain)
    if not matched:
        raise DateRefused("form")
    return _day(*(int(part) for part in matched.groups() if part is not None))


def read_certificate_date(text: str) -> date | None:
    """The date of birth in a JPKI certificate, EYYYYMMDD: the era's digit and the Western date.

    None when it is stated as unknown（E = 0）; raises DateRefused when era and date do not belong together.
    """
    if re.fullmatch(r"0[0-9]{8}", text):
        return None
    matched = _CERTIFICATE_FORM.fullmatch(text)
    if not matched:
        raise DateRefused("form")
    era = _BY_DIGIT[matched[1]]
    found = _day(int(matched[2]), int(matched[3]), int(matched[4]))
    if not era.first <= found <= era.last:
        raise DateRefused("era")
    return found


def day_of_reaching(birth: date, age: int) -> date:
    """The day at whose end an age is reached: the one before the birthday（年齢計算ニ関スル法律、民法143条2項）."""
    return _birthday(birth, birth.year + age) - timedelta(days=1)


def age_on(birth: date, day: date) -> int:
    """The age during a day: it grows when the day of reaching has ended. Raises DateRefused before the birth."""
    if day < birth:
        raise DateRefused("day")
    return day.year - birth.year - (day < _birthday(birth, day.year))


def _birthday(birth: date, year: int) -> date:
    """Whoever was born on 29 February has, in a common year, the day after 28 February."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateRefused("day") from None
