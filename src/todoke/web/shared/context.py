"""What every page knows: who looks, for which body, and the menu that this person may use."""

from dataclasses import dataclass

from django.http import HttpRequest

from todoke.foundation.accounts.values import Viewer
from todoke.foundation.calendars.queries import now
from todoke.foundation.health import STORING
from todoke.foundation.organisations import queries as organisations
from todoke.web.desk import rights

from .requests import viewer_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: URL name, words, and the other pages that belong to it."""

    name: str
    words: str
    pages: frozenset[str] = frozenset()
    namespace: str = "desk"

    @property
    def page(self) -> str:
        """The name of its address, with the namespace."""
        return f"{self.namespace}:{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the menu."""

    words: str
    entries: tuple[Entry, ...]


MENU = (
    Group("申請", (
        Entry("home", "ホーム", frozenset({"first-steps"})),
        Entry("cases", "申請一覧", frozenset({
            "ask-export", "export-request", "evidence", "case", "move-case", "return-case",
            "decide-party", "release-hold"
        })),
        Entry("statuses", "処理状況の手入力"),
        Entry("sealed-attachments", "封印中の添付"),
        Entry("returns", "補正の多い項目"),
        Entry("approvals", "二人目の確認"),
    )),
    Group("受信", (
        Entry("import", "申請データの取込み"),
        Entry("pending", "確認待ち"),
        Entry("quarantine", "隔離", frozenset({"package-evidence", "quarantined"})),
    )),
    Group("連携", (
        Entry("reconcile", "基幹との突合"),
        Entry("links", "番号紐付情報"),
        Entry("residents", "住民記録の写し"),
    )),
    Group("DX推進", (
        Entry("board", "推進の状況", namespace="board"),
        Entry("plans", "計画", frozenset({
            "new-plan", "set-up-plan", "plan", "edit-plan", "new-item", "plan-changes", "arrangements", "plan-item",
            "item-links", "scope", "funding", "overlay", "apply-overlay", "overlays", "take-overlay",
            "progress", "matrix", "report", "take-workbook", "editions", "impact", "adopt-edition", "adoption",
        }), namespace="board"),
        Entry("indicators", "指標", frozenset({
            "change-indicator", "keep-indicator", "state-value", "value-events", "paper-counts",
        }), namespace="board"),
        Entry("steps", "土台づくり", frozenset({
            "new-round", "survey-round", "issue-codes", "new-statement", "new-workshop", "workshop", "add-finding",
            "new-assessment", "assessment",
        }), namespace="board"),
        Entry("submit", "提出", frozenset({"submit-plan"}), namespace="board"),
        Entry("questions", "照会への回答", frozenset({"question"}), namespace="board"),
        Entry("submissions", "提出された計画", frozenset({
            "submission", "submission-steps", "publications", "publication", "publication-beside", "import-publication",
            "publish-overlays", "send-overlay",
        }), namespace="board"),
        Entry("enquiries", "照会", frozenset({"enquiry", "ask-bodies"}), namespace="board"),
        Entry("support", "市区町村支援", frozenset({"support-entry", "enter-support"}), namespace="board"),
    )),
    Group("管理", (
        Entry("protected", "支援措置対象者"),
        Entry("staff", "職員", frozenset({"new-staff", "staff-link", "staff-member", "leaving-staff"})),
        Entry("channels", "受付経路"),
        Entry("procedures", "手続"),
        Entry("disposal", "保存と廃棄", frozenset({"disposal-rule", "disposal-run", "disposal-certificate"})),
        Entry("audit", "監査証跡", frozenset({"audit-of"})),
        Entry("daily", "日報"),
        Entry("system", "稼働状況"),
        Entry("operations", "運用状況"),
        Entry("trust", "検証方法", frozenset({"choose-checker"})),
    )),
)  # fmt: skip


def menu_for(viewer: Viewer) -> list[Group]:
    """The menu without the pages that would refuse this person."""
    groups = (
        Group(
            group.words,
            tuple(one for one in group.entries if rights.is_met(rights.need_of(one.name), viewer)),
        )
        for group in MENU
    )
    return [group for group in groups if group.entries]


def screen(request: HttpRequest) -> dict[str, object]:
    """Django's context processor."""
    viewer = viewer_of(request)
    cannot_store = STORING.is_refused()
    here = request.resolver_match.url_name if request.resolver_match else ""
    if viewer is None:
        return {"viewer": None, "here": here, "cannot_store": cannot_store}
    return {
        "viewer": viewer, "here": here, "menu": menu_for(viewer),
        "body": organisations.organisation(viewer.organisation), "now_here": now(), "cannot_store": cannot_store,
    }  # fmt: skip
