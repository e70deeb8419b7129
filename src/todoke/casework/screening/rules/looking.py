"""Which files are looked through whole in the confined worker, and what of its answer is believed."""

from collections.abc import Iterable, Mapping

from todoke.casework.intake.values import Finding, Severity
from todoke.proof.report import UNSEEN, Gravity

from .inspecting import LOOKED_AT_MOST
from .standings import DIED

TARGET = "todoke.casework.screening.rules.looking_whole:look"
MOST_FINDINGS = 200
_CODE_LENGTH = 8
_WEIGHTS = frozenset(one.value for one in Gravity)


def codes_at(position: int, findings: Iterable[Finding]) -> tuple[str, ...]:
    """The codes that intake found on the attachment at this place, notes left out, the gravest first."""
    return tuple(
        dict.fromkeys(
            one.code
            for one in findings
            if one.where == str(position)
            and one.code.startswith("ATT-")
            and one.severity is not Severity.NOTE
        )
    )


def is_wanted(codes: Iterable[str], size: int) -> bool:
    """Whether intake could not look through the file whole, and the confined worker can."""
    return UNSEEN in codes and size <= LOOKED_AT_MOST


def left_to_clerks(codes: Iterable[str], *, is_looked_through: bool) -> tuple[str, ...]:
    """The codes that stand once the file is, or will be, looked through whole: that it was not is then no doubt."""
    return tuple(code for code in codes if not (is_looked_through and code == UNSEEN))


def found(document: Mapping[str, object]) -> tuple[tuple[str, ...], bool]:
    """The codes of a look and whether one of them seals the file. Anything but a list of findings counts as a death."""
    rows = document.get("findings")
    if not isinstance(rows, list) or len(rows) > MOST_FINDINGS:
        return (DIED,), True
    codes: dict[str, None] = {}
    is_sealed = False
    for row in rows:
        if not isinstance(row, list) or len(row) != 2 or not _is_code(row[0]) or str(row[1]) not in _WEIGHTS:
            return (DIED,), True
        if row[1] != Gravity.NOTE.value:
            codes[row[0]] = None
        is_sealed = is_sealed or row[1] == Gravity.SEAL.value
    return tuple(codes), is_sealed


def _is_code(value: object) -> bool:
    return (
        isinstance(value, str) and len(value) <= _CODE_LENGTH and value.startswith("ATT-") and value.isascii()
    )
