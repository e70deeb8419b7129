"""A batch file put together from rows, and where each row lies in it（bad-inputs E05, E06）."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from todoke.casework.handover.values import BatchFile, BuiltRow, CoreProfile, HandoverKind

_PLACEHOLDERS: Mapping[str, str] = {
    "system": "[A-Za-z0-9_-]+", "organisation": "(?P<organisation>[0-9]{6})", "number": "(?P<number>[0-9]{1,9})",
}  # fmt: skip


def kinds_of_files(profile: CoreProfile) -> tuple[HandoverKind | None, ...]:
    """The kinds of rows that have files of their own; None: rows of every kind travel together."""
    is_apart = profile.cancellation is not None and bool(profile.cancellation.file_name)
    return tuple(HandoverKind) if is_apart else (None,)


def file_stem(
    profile: CoreProfile, *, system: str, organisation: str, number: int, part: int,
    kind: HandoverKind = HandoverKind.NEW,
) -> str:  # fmt: skip
    """The name without extension. Part 0 is the first sending; later parts repeat what was not acknowledged."""
    stem = profile.file_name_of(kind).format(system=system, organisation=organisation, number=number)
    return f"{stem}-r{part}" if part else stem


def organisation_of(profile: CoreProfile, stem: str) -> str | None:
    """The body whose file this is, by its name; None for a name that is not of our making."""
    found = _parts_of(profile, stem)
    return found["organisation"] if found else None


def highest_number(profile: CoreProfile, organisation: str, stems: Iterable[str]) -> int:
    """The highest number among names of one body's files; 0 when there is none."""
    found = [_parts_of(profile, stem) for stem in stems]
    numbers = [int(one["number"]) for one in found if one and one["organisation"] == organisation]
    return max(numbers, default=0)


def _parts_of(profile: CoreProfile, stem: str) -> "re.Match[str] | None":
    found = (matches(profile.file_name_of(kind), stem) for kind in HandoverKind)
    return next((one for one in found if one), None)


def matches(pattern: str, stem: str) -> "re.Match[str] | None":
    """The parts of a name that follows a file-name pattern; None for any other name."""
    texts_and_names = re.split(r"\{(\w+)[^}]*\}", pattern)
    parts = [re.escape(text) for text in texts_and_names]
    parts[1::2] = [_PLACEHOLDERS[name] for name in texts_and_names[1::2]]
    return re.fullmatch("".join(parts) + "(-r[0-9]+)?", stem, re.ASCII)


def assemble(
    profile: CoreProfile, stem: str, rows: Sequence[BuiltRow], kind: HandoverKind = HandoverKind.NEW
) -> BatchFile:
    """The file of these rows, in order; `kind` says whose columns head it."""
    newline = profile.newline.encode("ascii")
    content = b"".join((_header(profile, kind), *(row.line + newline for row in rows)))
    return BatchFile(stem, content, len(rows), hashlib.sha256(content).hexdigest())


def offsets(
    profile: CoreProfile, rows: Sequence[BuiltRow], kind: HandoverKind = HandoverKind.NEW
) -> list[int]:
    """The byte offset of each row in the assembled file: a row can be taken out again without parsing."""
    place, found = len(_header(profile, kind)), []
    for row in rows:
        found.append(place)
        place += len(row.line) + len(profile.newline)
    return found


def _header(profile: CoreProfile, kind: HandoverKind) -> bytes:
    if not profile.has_header:
        return b""
    names = profile.delimiter.join(column.name for column in profile.columns_of(kind))
    return (names + profile.newline).encode(profile.encoding)
