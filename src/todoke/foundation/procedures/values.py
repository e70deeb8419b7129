"""The nouns of the catalogue."""

from dataclasses import dataclass

from todoke.foundation.labels import Labelled


class ProcedureKind(Labelled):
    """手続の種別."""

    APPLICATION = "application", "申請"
    NOTIFICATION = "notification", "届出"
    STATUS_REPORT = "status_report", "現況届"
    ADVANCE_SUBMISSION = "advance_submission", "事前送信"
    RESERVATION = "reservation", "予約"


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure: code (P01 … P33), official name, group, level, channel, kind, core business, signature."""

    code: str
    name: str
    group: str
    level: str
    channel: str
    kind: ProcedureKind
    core_business: str
    needs_signature: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers for a procedure in the body in scope: section, whether it is switched on, signature rule."""

    procedure: str
    section_id: int | None
    is_active: bool
    needs_signature: bool
