"""The nouns of the catalogue."""

from dataclasses import dataclass
from datetime import datetime

from todoke.foundation.labels import Labelled


class ProcedureKind(Labelled):
    """手続の種別."""

    APPLICATION = "application", "申請"
    NOTIFICATION = "notification", "届出"
    STATUS_REPORT = "status_report", "現況届"
    ADVANCE_SUBMISSION = "advance_submission", "事前送信"
    RESERVATION = "reservation", "予約"


class DuplicateScope(Labelled):
    """一件と数える単位: of two applications within the window, which are the same thing applied for twice."""

    PERSON = "person", "申請者ごと"
    HOUSEHOLD = "household", "世帯ごと"
    SUBJECT = "subject", "対象者ごと"


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure: code (P01 … P33), official name, group, level, channel, kind, core business, signature, scope."""

    code: str
    name: str
    group: str
    level: str
    channel: str
    kind: ProcedureKind
    core_business: str
    needs_signature: bool
    duplicate_scope: DuplicateScope = DuplicateScope.PERSON


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers for a procedure in the body in scope: section, whether it is switched on, signature rule.

    `closes_at` is the 締切: what the portal received later is for a person to decide.
    """

    procedure: str
    section_id: int | None
    is_active: bool
    needs_signature: bool
    closes_at: datetime | None = None
