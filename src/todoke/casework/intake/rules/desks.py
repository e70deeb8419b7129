"""What the body's own word on a procedure does to a verdict: switched off, it waits; after its 締切, a person decides."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from todoke.casework.intake.values import Finding, Severity, Verdict
from todoke.casework.relay.values import PackageState
from todoke.foundation.procedures.values import Desk
from todoke.japanese import eras

JAPAN = ZoneInfo("Asia/Tokyo")
SWITCHED_OFF, AFTER_CLOSING = "SEQ-506", "SEQ-505"


_WAITS = "procedure "


def waits_for_procedure(procedure: str) -> str:
    """What a package waits for whose procedure is switched off; no 受付番号 has a blank."""
    return f"{_WAITS}{procedure}"


def procedure_waited_for(waits_for: str) -> str:
    """The procedure that a package waits for; empty when it waits for something else."""
    return waits_for.removeprefix(_WAITS) if waits_for.startswith(_WAITS) else ""


def at_the_desk(verdict: Verdict, desk: Desk | None, received: datetime) -> Verdict:
    """The verdict as the desk takes it; `received` is the portal's 受付日時, ours where it has none（S15, S17）."""
    if desk is None or verdict.state is not PackageState.ACCEPTED:
        return verdict
    if not desk.is_active:
        facts = {"procedure": verdict.procedure}
        return replace(verdict, state=PackageState.PENDING, code=SWITCHED_OFF, facts=facts)
    if desk.closes_at is not None and received > desk.closes_at:
        local = desk.closes_at.astimezone(JAPAN)
        facts = {"closes": f"{eras.written(local.date())}{local:%-H時%M分}"}
        late = Finding(AFTER_CLOSING, Severity.HOLD, "", facts)
        return replace(verdict, findings=(*verdict.findings, late))
    return verdict
