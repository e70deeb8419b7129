"""The nouns of staff, roles and rights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.labels import Labelled


class Role(Labelled):
    """役割: what a member of staff is appointed to; security.md 6.6."""

    RECEPTION = "reception", "受付"
    EXAMINATION = "examination", "審査"
    DECISION = "decision", "決裁"
    LINKAGE = "linkage", "連携"
    AUDITING = "auditing", "監査"
    STAFF_ADMINISTRATION = "staff_administration", "利用者管理"
    SYSTEM_ADMINISTRATION = "system_administration", "システム管理"
    PROTECTION = "protection", "支援措置担当"
    RECORDS = "records", "文書管理"
    PROGRAMME = "programme", "DX推進担当"
    MEASURES = "measures", "取組担当"
    LEADERSHIP = "leadership", "首長・幹部"
    SUPPORT = "support", "市区町村支援"


class Right(Labelled):
    """権限: one thing a page or a service may ask for."""

    VIEW_CASES = "view_cases", "申請の閲覧"
    MOVE_CASES = "move_cases", "処理状況の変更"
    DECIDE_IDENTITY = "decide_identity", "本人特定の決定"
    VIEW_QUARANTINE = "view_quarantine", "隔離の閲覧"
    RELEASE_QUARANTINE = "release_quarantine", "隔離の再処理"
    IMPORT_PACKAGES = "import_packages", "申請データの取込み"
    TYPE_STATUSES = "type_statuses", "処理状況の手入力"
    HAND_OVER = "hand_over", "基幹への引渡し"
    RECONCILE = "reconcile", "突合"
    LOAD_LINKS = "load_links", "番号紐付情報の取込み"
    VIEW_AUDIT = "view_audit", "監査記録の閲覧"
    MANAGE_STAFF = "manage_staff", "職員の管理"
    VIEW_SYSTEM = "view_system", "稼働状況の閲覧"
    MANAGE_SYSTEM = "manage_system", "設定の変更"
    CHOOSE_CHECKERS = "choose_checkers", "検証方法の選択"
    VIEW_PROTECTED = "view_protected", "支援措置対象者の閲覧"
    REGISTER_PROTECTED = "register_protected", "支援措置対象者の登録"
    REVEAL_NUMBERS = "reveal_numbers", "番号の表示"
    RELEASE_ATTACHMENTS = "release_attachments", "添付原本の開示"
    VIEW_DISPOSAL = "view_disposal", "廃棄の閲覧"
    DISPOSE = "dispose", "廃棄の提案"
    APPROVE_DISPOSAL = "approve_disposal", "廃棄の承認"
    HOLD_DISPOSAL = "hold_disposal", "廃棄の停止"
    APPROVE_EXPORTS = "approve_exports", "出力の承認"
    VIEW_DAILY_REPORT = "view_daily_report", "日報の閲覧"
    VIEW_PLANS = "view_plans", "推進計画の閲覧"
    EDIT_PLANS = "edit_plans", "推進計画の編集"
    ADOPT_EDITIONS = "adopt_editions", "版の採用"
    REPORT_PROGRESS = "report_progress", "進捗の報告"
    CLOSE_MONTHS = "close_months", "月次の締めと意思決定"
    SUBMIT_PLANS = "submit_plans", "提出と回答"
    VIEW_SUBMISSIONS = "view_submissions", "提出の閲覧"
    ASK_BODIES = "ask_bodies", "照会と取りまとめ"
    KEEP_SUPPORT = "keep_support", "支援台帳の記入"


class Use(Labelled):
    """数える利用: what is counted per person, so that peeking at many shows（W20）and stops."""

    SEARCH = "search", "申請の検索"
    VIEW = "view", "申請の閲覧"
    REVEAL = "reveal", "番号の表示"


@dataclass(frozen=True, slots=True)
class UseFigures:
    """How often one person did what is counted, since some moment."""

    staff_id: int
    counts: Mapping[Use, int]
    busiest_hour: Mapping[Use, int]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person: body, id, name on screen, rights, and the sections whose cases are theirs.

    `sections` None means the whole body; an empty set means no case at all.
    """

    organisation: str
    staff_id: int
    name: str
    rights: frozenset[Right]
    sections: frozenset[int] | None

    def may(self, right: Right) -> bool:
        """Whether the right was granted."""
        return right in self.rights

    def actor(self, terminal: str = "") -> Actor:
        """This person as the audit knows them."""
        return Actor(ActorKind.STAFF, str(self.staff_id), terminal)


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """An appointment: a role, for one section or (None) for the whole body, until a last day or (None) for good."""

    role: Role
    section_id: int | None
    until: date | None = None
