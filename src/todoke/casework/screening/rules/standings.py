"""How an attachment stands, and whether its original and its copy may be opened.

The original is sealed when intake or screening found something that must not be opened, or when something doubtful
was found and no copy could be made（A11）. Nothing that was not looked into passes for clean（unknown is never good）.
"""

from collections.abc import Iterable

from todoke.casework.intake.values import AttachmentState
from todoke.casework.screening.values import CopyState, Looks, Opening, ScreeningState
from todoke.foundation.approvals.values import hash_of_shown
from todoke.proof.sniff import FileKind

INFECTED = "ATT-601"
ENCRYPTED = "ATT-602"
EMPTY = "ATT-604"
EXCESSIVE = "ATT-605"
NOT_MADE = "ATT-621"
NO_TOOL = "ATT-622"
DIED = "ATT-623"
TOO_LARGE_TO_SCAN = "ATT-624"
UNREADABLE = "ATT-625"
HARMLESS = frozenset({EMPTY, TOO_LARGE_TO_SCAN})  # no doubt about what stands in the file
NO_COPY = frozenset({INFECTED, ENCRYPTED, EMPTY, EXCESSIVE, UNREADABLE})  # trying would be in vain or unwise
_PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.GIF, FileKind.TIFF})
_WORDS = frozenset({FileKind.TEXT, FileKind.CSV, FileKind.XML, FileKind.HTML, FileKind.SVG})
CAN_BE_COPIED = frozenset(kind.value for kind in _PICTURES | _WORDS | {FileKind.PDF})


def codes_of(*texts: str) -> tuple[str, ...]:
    """Codes separated by blanks, each once, in order."""
    return tuple(dict.fromkeys(code for text in texts for code in text.split()))


def is_flagged(looks: Looks) -> bool:
    """Whether something doubtful was found, at intake or since."""
    return bool(set(looks.codes) - HARMLESS)


def state_of(looks: Looks) -> ScreeningState:
    """The state of an attachment, whatever the town has decided about unscanned files."""
    if {INFECTED, UNREADABLE} & set(looks.codes):
        return ScreeningState.SEALED  # never released: a false alarm is lifted by a newer scan, not by people
    is_sealed = looks.attachment is AttachmentState.SEALED or looks.content is ScreeningState.SEALED
    if is_sealed or ((is_flagged(looks) or looks.needs_copy) and looks.copy is CopyState.NOT_MADE):
        return ScreeningState.RELEASED if looks.is_released else ScreeningState.SEALED
    if looks.content is ScreeningState.UNSCREENABLE and looks.is_released:
        return ScreeningState.RELEASED
    return looks.content


def original_opening(looks: Looks, *, is_scan_required: bool) -> Opening:
    """How the original may be opened, before the mark 個人番号を含む is asked for."""
    state = state_of(looks)
    if state is ScreeningState.SEALED:
        return Opening.CLOSED
    if state is ScreeningState.RELEASED:
        return Opening.REASON
    if is_flagged(looks) and looks.copy is not CopyState.MADE:
        return Opening.CLOSED  # the copy is still being made
    if looks.needs_copy and not looks.is_released:
        return Opening.CLOSED
    if state is ScreeningState.SCREENED:
        return _asked(looks)
    if is_scan_required:
        return Opening.CLOSED
    return _asked(looks) if state is ScreeningState.UNSCANNED else Opening.REASON


def _asked(looks: Looks) -> Opening:
    is_asked = is_flagged(looks) or looks.holds_numbers or looks.needs_copy
    return Opening.REASON if is_asked else Opening.FREE


def copy_opening(looks: Looks) -> Opening:
    """How the sanitised copy may be opened: it was made from pixels or characters, so a scan need not be awaited."""
    if looks.copy is not CopyState.MADE or INFECTED in looks.codes:
        return Opening.CLOSED
    return Opening.REASON if looks.holds_numbers else Opening.FREE


def wants_copy(codes: Iterable[str], *, is_every: bool = False) -> bool:
    """Whether a copy is made unasked: of whatever is doubtful, so that a clerk finds it ready; or of every file."""
    return bool(set(codes) - HARMLESS) or (is_every and needs_copy(codes))


def needs_copy(codes: Iterable[str]) -> bool:
    """Whether a file has anything that a copy could show, where copies only are shown."""
    return EMPTY not in set(codes)


def copy_refusal(kind: str, codes: Iterable[str]) -> str:
    """The code for which no copy is even tried; empty when the confined worker shall try."""
    if set(codes) & NO_COPY:
        return NOT_MADE
    return "" if kind in CAN_BE_COPIED else NO_TOOL


def may_be_released(looks: Looks) -> bool:
    """Whether two persons may open the original: sealed, too large for the scanner, shown as a copy only; never malware."""
    is_shut = state_of(looks) in {ScreeningState.SEALED, ScreeningState.UNSCREENABLE}
    is_shut = is_shut or (looks.needs_copy and looks.copy is CopyState.MADE and not looks.is_released)
    return is_shut and not {INFECTED, UNREADABLE} & set(looks.codes)


def shown_hash(sha256: str, codes: Iterable[str]) -> str:
    """What two persons agree on: these bytes, with these findings. Any other code voids it."""
    return hash_of_shown({"sha256": sha256, "codes": sorted(set(codes))})


def may_be_scanned_again(codes: Iterable[str]) -> bool:
    """Whether a newer scan could change anything: malware that may be a false alarm, a size, damaged bytes."""
    return bool(set(codes) & {INFECTED, TOO_LARGE_TO_SCAN, UNREADABLE})
