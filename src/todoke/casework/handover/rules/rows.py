"""From an application to one line of a core system's file, or to the reason why it is held（bad-inputs E01–E05）.

A hold concerns one row; the others go. Nothing is cut, replaced or dropped silently. Values are written as they
are: a leading "=" is data to a core system, and a prefix against spreadsheet formulas would falsify it (E05).
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone

from todoke.casework.handover.values import (
    BuiltRow,
    Column,
    CoreProfile,
    DateForm,
    HandoverKind,
    Hold,
    NumberNeed,
    Outgoing,
    OutgoingParty,
)
from todoke.japanese import eras
from todoke.japanese.errors import DateRefused

from .characters import Repertoire, fit

JAPAN = timezone(timedelta(hours=9))  # the codes' own time zone: Japan has had no summer time since 1951
EVERY = "*"
NO_CANCELLATION = "EXP-711"
_ACTIONS: Mapping[HandoverKind, str] = {
    HandoverKind.NEW: "hand_over",
    HandoverKind.CANCELLATION: "cancel",
}
_DATES: Mapping[DateForm, Callable[[date], str]] = {
    DateForm.ISO: date.isoformat,
    DateForm.COMPACT: lambda day: f"{day:%Y%m%d}",
    DateForm.SLASHED: lambda day: f"{day:%Y/%m/%d}",
    DateForm.ERA: eras.written,
}


def idempotency_key(
    application: str, version: int, destination: str, kind: HandoverKind = HandoverKind.NEW
) -> str:
    """SHA-256 (hex) of application uuid, version, action and destination: constant over retries and restores."""
    return hashlib.sha256(
        "\n".join((application, str(version), _ACTIONS[kind], destination)).encode()
    ).hexdigest()


def takes(profile: CoreProfile, procedure: str) -> bool:
    """Whether the core system takes applications of this procedure."""
    return procedure in profile.procedures


def build_row(outgoing: Outgoing, profile: CoreProfile, substitutes: Mapping[str, str]) -> BuiltRow | Hold:
    """The line of one application or cancellation, or the first reason that holds it: number, value, characters, length."""
    hold = _hold_of_kind(outgoing, profile)
    if hold is not None:
        return hold
    values: list[str] = []
    chosen = {**profile.characters, **substitutes}
    repertoire = Repertoire(profile.encoding, profile.repertoire)
    for column in profile.columns_of(outgoing.kind):
        value = _value(outgoing, column)
        if isinstance(value, str):
            value = _fitted(value, column, repertoire, chosen)
        if isinstance(value, Hold):
            return value
        values.append(value)
    line = profile.delimiter.join(_quoted(value, profile) for value in values).encode(profile.encoding)
    return BuiltRow(outgoing.key, line, hashlib.sha256(line).hexdigest())


def _hold_of_kind(outgoing: Outgoing, profile: CoreProfile) -> Hold | None:
    """An application waits for who its people are; a cancellation names a row that went, and needs a word for it."""
    if outgoing.kind is HandoverKind.CANCELLATION:
        return None if profile.cancellation else Hold(NO_CANCELLATION)
    waiting = next((party for party in outgoing.parties if party.waits_for), None)
    if waiting is not None:
        return Hold(waiting.waits_for, {"role": waiting.role})
    missing = _missing_number(outgoing, profile)
    return Hold("EXP-702", {"role": missing.label}) if missing is not None else None


def _missing_number(outgoing: Outgoing, profile: CoreProfile) -> NumberNeed | None:
    needs = (*profile.numbers.get(EVERY, ()), *profile.numbers.get(outgoing.procedure, ()))
    return next((need for need in needs if not _has_number(outgoing, need)), None)


def _has_number(outgoing: Outgoing, need: NumberNeed) -> bool:
    parties = [party for party in outgoing.parties if party.role == need.role]
    return bool(parties) and all(party.number and party.number_kind == need.number_kind for party in parties)


def _value(outgoing: Outgoing, column: Column) -> str | Hold:
    """The text of a column before any question of characters."""
    if column.constant:
        return column.constant
    source = _source(outgoing, column.source)
    if isinstance(source, datetime):
        return _DATES[column.date_form or DateForm.ISO](source.astimezone(JAPAN).date())
    if column.is_required and not source.strip():
        return Hold("XML-210", {"where": column.label})
    if column.date_form is None or not source:
        return source
    try:
        return _DATES[column.date_form](eras.read_date(source))
    except DateRefused:
        return Hold("DAT-411", {"where": column.label})


def _source(outgoing: Outgoing, source: str) -> str | datetime:
    kind, _, rest = source.partition(".")
    if kind == "item":
        return outgoing.items.get(rest, "")
    if kind == "applicant":
        return outgoing.items.get(source, "")
    if kind == "party":
        role, _, attribute = rest.partition(".")
        return "、".join(str(getattr(party, attribute)) for party in _parties(outgoing, role))
    plain: Mapping[str, str | datetime | None] = {
        "key": outgoing.key,
        "organisation": outgoing.organisation,
        "receipt_number": outgoing.receipt_number,
        "procedure": outgoing.procedure,
        "version": str(outgoing.version),
        "applied_at": outgoing.applied_at,
        "received_at": outgoing.received_at,
        "original.key": outgoing.original_key,
        "original.file": outgoing.original_file,
        "cancelled_at": outgoing.cancelled_at,
    }
    return plain[source] or ""


def _parties(outgoing: Outgoing, role: str) -> list[OutgoingParty]:
    return [party for party in outgoing.parties if party.role == role]


def _fitted(value: str, column: Column, repertoire: Repertoire, substitutes: Mapping[str, str]) -> str | Hold:
    """The value in the core's characters and within the length of its field."""
    fitted = fit(value, repertoire, substitutes)
    if fitted.unfit:
        facts = {"field": column.label, "characters": "".join(fitted.unfit)}
        return Hold("CHR-402" if fitted.has_gaiji else "CHR-401", facts)
    if _is_too_long(fitted.text, column, repertoire.encoding):
        return Hold("EXP-701", {"field": column.label})
    return fitted.text


def _is_too_long(text: str, column: Column, encoding: str) -> bool:
    if column.max_characters is not None and len(text) > column.max_characters:
        return True
    return column.max_bytes is not None and len(text.encode(encoding)) > column.max_bytes


def _quoted(value: str, profile: CoreProfile) -> str:
    """RFC 4180 §2 (5)–(7); every kind of line end is quoted, whichever one the file uses."""
    if profile.quotes_all or any(one in value for one in (profile.delimiter, '"', "\r", "\n")):
        return '"' + value.replace('"', '""') + '"'
    return value
