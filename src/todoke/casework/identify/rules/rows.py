"""One line of a link file in, an accepted link or the name of the wrong column out. A million lines pass here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from todoke.casework.identify.values import LinkFileProfile, LinkKey, LinkRow, SharedColumns
from todoke.foundation.row_files import RowFile, of_one_body
from todoke.foundation.row_files import RowWrong as RowWrong
from todoke.proof import serials
from todoke.proof.serials import SerialForm

JAPAN = ZoneInfo("Asia/Tokyo")
COLUMNS = ("issuer_key", "serial", "number", "number_kind", "valid_from", "valid_to", "reason")
_ISSUER = re.compile(r"[0-9a-f]{16,128}", re.ASCII)
_REGISTER = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,15}", re.ASCII)
_SERIALS = re.compile(r"[0-9A-Fa-f]{1,40}(?:\n[0-9A-Fa-f]{1,40})*", re.ASCII)
_NUMBERS = re.compile(r"[0-9A-Za-z-]{1,15}(?:\n[0-9A-Za-z-]{1,15})*", re.ASCII)
_HEXADECIMAL = re.compile(r"0*([1-9A-Fa-f][0-9A-Fa-f]*)", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are to be read: serials, last days, and whether it says since when links hold."""

    form: SerialForm
    last_day: str
    has_beginnings: bool


def reading_of(profile: LinkFileProfile) -> Reading:
    """How the cells of files of this profile are to be read."""
    form = SerialForm(profile.serial_form, profile.serial_full_width)
    return Reading(form, profile.last_day, bool(profile.columns.valid_from))


def row_file(profile: LinkFileProfile, organisation: str = "") -> RowFile[LinkRow]:
    """How files of this profile are read for a body; where the file names a body, it must be this one (C18)."""
    words, reading = profile.columns.model_dump(), reading_of(profile)
    columns = {column: words[column] for column in COLUMNS}
    layout = RowFile(
        profile.encoding, profile.delimiter, columns, lambda cells: link_row(cells, reading),
        lambda columns: link_rows(columns, reading),
    )  # fmt: skip
    return of_one_body(layout, words["organisation"], organisation)


def link_row(cells: Sequence[str], reading: Reading) -> LinkRow:
    """The link that a line states, cells in the order of COLUMNS; raises RowWrong with a wrong column."""
    issuer, serial, number, kind, start, end, reason = cells
    is_certificate, shared = _usual((issuer, kind, start, end, reason), reading)
    usual = _HEXADECIMAL.fullmatch(serial) if is_certificate and reading.form.form == "hex" else None
    serial = (
        usual[1].lower() if usual and len(serial) <= 40 else _serial(serial, is_certificate, reading.form)
    )
    if not _NUMBER.fullmatch(number):
        raise RowWrong("number")
    return serial, number, shared


def link_rows(columns: Sequence[Sequence[str]], reading: Reading) -> list[LinkRow] | None:
    """The links of many lines, column by column, as `link_row` reads each; None where any line needs a closer look.

    Serials and numbers are checked and folded as one text, in which a line break stands between the cells.
    """
    issuers, serials_, numbers, kinds, starts, ends, reasons = columns
    if reading.form.form != "hex":
        return None
    sets = list(zip(issuers, kinds, starts, ends, reasons, strict=True))
    try:
        known = {one: _usual(one, reading) for one in set(sets)}
    except RowWrong:
        return None
    text, number_text = "\n".join(serials_), "\n".join(numbers)
    if not (
        all(is_certificate for is_certificate, _ in known.values())
        and _SERIALS.fullmatch(text)
        and _NUMBERS.fullmatch(number_text)
        and text.count("\n") == number_text.count("\n") == len(sets) - 1
    ):
        return None
    folded = [one.lstrip("0") for one in text.lower().split("\n")]
    if "" in folded:
        return None
    shared = {one: row for one, (_, row) in known.items()}
    return list(zip(folded, numbers, map(shared.__getitem__, sets), strict=True))


@lru_cache(maxsize=20_000)
def _usual(shared: tuple[str, str, str, str, str], reading: Reading) -> tuple[bool, SharedColumns]:
    """The columns that many lines share: a file of a million has a few thousand different sets of them."""
    issuer, kind, start, end, reason = shared
    key, is_certificate = _issuer(issuer)
    if not is_certificate and key != kind:
        raise RowWrong("issuer_key")  # a register bears the name of the kind of its numbers
    since = _moment(start, "valid_from") if reading.has_beginnings else None
    until = _end(end, reading.last_day) if end else None
    return is_certificate, SharedColumns(key, _kind(kind), since, until, _reason(reason))


def issuer_key(text: str) -> str | None:
    """An issuer key in its one form: hex in lower case without separators, or a register's name; None otherwise."""
    folded = text.strip().lower()
    if _REGISTER.fullmatch(folded) and not _ISSUER.fullmatch(folded):
        return folded if len(folded) <= 40 else None
    plain = folded.replace(":", "").replace(" ", "")
    return plain if _ISSUER.fullmatch(plain) and len(plain) % 2 == 0 else None


def link_key(issuer: str, serial: str) -> LinkKey | None:
    """The key that a package states, in the form of the links; None when either part cannot be one."""
    key = issuer_key(issuer)
    if key is None or not is_certificate_issuer(key):
        return None
    normal = serials.normalise(serial)
    return None if normal is None else LinkKey(key, normal)


def is_certificate_issuer(key: str) -> bool:
    """Whether the key is of a certification authority and not the name of a register of numbers."""
    return _ISSUER.fullmatch(key) is not None


def is_number(text: str) -> bool:
    """Whether a text can be a number of this organisation（宛名番号は X(15)）."""
    return _NUMBER.fullmatch(text) is not None


def is_kind(text: str) -> bool:
    """Whether a text can name a kind of number（atena, kaigo-hihokensha など）."""
    return _REGISTER.fullmatch(text) is not None and len(text) <= 32


def _issuer(text: str) -> tuple[str, bool]:
    key = issuer_key(text)
    if key is None:
        raise RowWrong("issuer_key")
    return key, is_certificate_issuer(key)


def _serial(text: str, is_certificate: bool, form: SerialForm) -> str:
    if not is_certificate:
        if not _NUMBER.fullmatch(text):
            raise RowWrong("serial")
        return text  # a register's number: its leading zeros count
    normal = serials.normalise(text, form=form)
    if normal is None:
        raise RowWrong("serial")
    return normal


def _kind(text: str) -> str:
    if not is_kind(text):
        raise RowWrong("number_kind")
    return text


def _end(text: str, last_day: str) -> datetime:
    end = _moment(text, "valid_to")
    return end + timedelta(days=1) if last_day == "inclusive" and _DATE.fullmatch(text) else end


def _moment(text: str, column: str) -> datetime:
    """A day is taken from its beginning in Japan; a moment must say its offset."""
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time.min, JAPAN).astimezone(UTC)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # no such day: reported below like any other wrong text
    raise RowWrong(column)


def _reason(text: str) -> str:
    if len(text) > 40 or not (text.isprintable() or text == ""):
        raise RowWrong("reason")
    return text
