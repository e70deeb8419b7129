"""What becomes of a content once it was looked into and scanned."""

from datetime import datetime, timedelta

from todoke.casework.screening.values import Engine, Inspection, ScanOutcome, ScreeningState

from .standings import INFECTED, TOO_LARGE_TO_SCAN, UNREADABLE

LOOKED_AT_MOST = 134_217_728  # bytes: what is larger is not loaded into the confined worker
OVERDUE_AFTER = timedelta(hours=24)
LATE_AFTER = timedelta(minutes=10)


def outdated(engine: Engine, *, at: datetime, days: int) -> bool:
    """Whether the signatures are too old for a "clean" to count; of unknown age is too old（F21）."""
    return engine.signatures_at is None or at - engine.signatures_at > timedelta(days=days)


def codes_after(inspection: Inspection) -> tuple[str, ...]:
    """The codes of a content after this inspection: those known, those of the look, those of the scan.

    A newer scan lifts what an older one said: 誤検出 ends with it; so does damage once the bytes can be read again.
    """
    scan, lifted = inspection.scan, {UNREADABLE}
    if scan is not None and scan.outcome is not ScanOutcome.STALE:
        lifted |= {INFECTED, TOO_LARGE_TO_SCAN}
    known = [code for code in inspection.content.codes if code not in lifted]
    said = _CODE_OF.get(scan.outcome, ()) if scan is not None else ()
    return tuple(dict.fromkeys((*said, *known, *inspection.codes)))


def is_dangerous(inspection: Inspection) -> bool:
    """Whether a look, this one or an earlier one, found what seals the content."""
    return inspection.is_dangerous or inspection.content.is_dangerous


def state_after(inspection: Inspection, *, is_scanner_set_up: bool) -> ScreeningState:
    """The state of a content after this inspection; WAITING when it has to be scanned again."""
    codes, scan = codes_after(inspection), inspection.scan
    if INFECTED in codes or UNREADABLE in codes or is_dangerous(inspection):
        return ScreeningState.SEALED
    if scan is None:
        return ScreeningState.WAITING if is_scanner_set_up else ScreeningState.UNSCANNED
    return _BY_SCAN[scan.outcome]


_BY_SCAN = {
    ScanOutcome.CLEAN: ScreeningState.SCREENED,
    ScanOutcome.INFECTED: ScreeningState.SEALED,
    ScanOutcome.STALE: ScreeningState.WAITING,
    ScanOutcome.TOO_LARGE: ScreeningState.UNSCREENABLE,
}
_CODE_OF = {ScanOutcome.INFECTED: (INFECTED,), ScanOutcome.TOO_LARGE: (TOO_LARGE_TO_SCAN,)}
