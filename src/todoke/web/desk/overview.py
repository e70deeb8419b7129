"""The figures of the home page: each leads to the list that it counts, each only for those who may open the list."""

from dataclasses import dataclass

from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import CaseStatus, Count, Filters
from todoke.casework.identify.values import IdentityState
from todoke.casework.notify import queries as notify
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import PackageState
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.calendars.queries import now
from todoke.web.desk.approvals import waiting_for
from todoke.web.desk.files import sealed_for
from todoke.web.desk.list_view import count_words, query_of

IDENTITIES_TO_DECIDE = {
    IdentityState.UNKNOWN: "申請者が未特定",
    IdentityState.CONFLICT: "申請者の候補が複数",
    IdentityState.DIFFERS: "申請者の記載が相違",
    IdentityState.PROPOSED: "本人特定の確認待ち",
}
NO_CASES = Count(0, is_capped=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: words, how many, the list behind it, and whether somebody should look."""

    words: str
    count: str
    page: str
    query: str = ""
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """The groups of figures: cases by status, and what waits for a decision."""

    cases: tuple[Figure, ...]
    waiting: tuple[Figure, ...]


def overview_for(viewer: Viewer) -> Overview:
    """The figures that this person may see."""
    by_status, to_decide = _cases(viewer) if viewer.may(Right.VIEW_CASES) else ([], [])
    packages = _packages() if viewer.may(Right.VIEW_QUARANTINE) else []
    statuses = _statuses(viewer) if viewer.may(Right.TYPE_STATUSES) else []
    sealed = _sealed(viewer) if viewer.may(Right.VIEW_CASES) else []
    proposals = _proposals(viewer)
    return Overview(tuple(by_status), tuple(proposals + to_decide + statuses + sealed + packages))


def _cases(viewer: Viewer) -> tuple[list[Figure], list[Figure]]:
    counts = cases.counts(viewer)
    by_status = [
        Figure(status.label, count_words(count), "cases", query_of(Filters(status=status)))
        for status in CaseStatus
        if (count := counts.status.get(status, NO_CASES)).count or status is CaseStatus.OPENED
    ]
    to_decide = [
        _case_figure(words, counts.identity.get(state, NO_CASES), Filters(identity=state))
        for state, words in IDENTITIES_TO_DECIDE.items()
    ]
    to_decide.append(_case_figure("引渡しを保留中", counts.held, Filters(is_held=True)))
    return by_status, to_decide


def _case_figure(words: str, count: Count, filters: Filters) -> Figure:
    return Figure(words, count_words(count), "cases", query_of(filters), is_alert=count.count > 0)


def _packages() -> list[Figure]:
    counts = relay.counts()
    quarantined = sum(count for (state, _), count in counts.items() if state is PackageState.QUARANTINED)
    pending = sum(count for (state, code), count in counts.items() if state is PackageState.PENDING and code)
    return [
        Figure("確認待ちの申請データ", f"{pending:,}", "pending", is_alert=pending > 0),
        Figure("隔離した申請データ", f"{quarantined:,}", "quarantine", is_alert=quarantined > 0),
    ]


def _statuses(viewer: Viewer) -> list[Figure]:
    count = len(notify.to_type(viewer))
    return [Figure("手入力を待つ処理状況", f"{count:,}", "statuses", is_alert=count > 0)]


def _proposals(viewer: Viewer) -> list[Figure]:
    """What others have proposed and this person may confirm; shown only when there is any."""
    count = waiting_for(viewer, at=now())
    return [Figure("二人目の確認を待つ決定", f"{count:,}", "approvals", is_alert=True)] if count else []


def _sealed(viewer: Viewer) -> list[Figure]:
    """Shown only when there are any: most towns will hardly ever see one."""
    count = len(sealed_for(viewer))
    return [Figure("封印中の添付", f"{count:,}", "sealed-attachments", is_alert=True)] if count else []
