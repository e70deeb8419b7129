"""The files of a case as its page shows them: how far they were looked into, what to do, and how they may be opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import WorklistRow
from todoke.casework.intake.values import AttachmentDetail
from todoke.casework.screening import queries as screening
from todoke.casework.screening import services as screening_services
from todoke.casework.screening.values import (
    CopyDetail,
    CopyState,
    Opening,
    Scan,
    ScreeningState,
    SealedFile,
    Standing,
)
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals.values import Proposal
from todoke.proof.sniff import FileKind
from todoke.web.shared import dates

ORIGINAL, COPY = "original", "copy"
SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: what is known of it, a word on the scan and on the copy, and which ways are open to this person."""

    detail: AttachmentDetail
    standing: Standing
    kind: str
    scan: str
    copy: str
    hint: str
    may_release: bool
    may_mark: bool
    may_scan: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class SealedLine:
    """One line of 封印中の添付: the file and the case that it belongs to."""

    file: SealedFile
    case: WorklistRow
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """What two persons look at before a sealed original is opened; `proposal` waits for the second one."""

    line: FileLine
    proposal: Proposal | None
    maker: str
    is_mine: bool


def lines_for(viewer: Viewer, attachments: Sequence[AttachmentDetail]) -> list[FileLine]:
    """The files of a case that the person may see, in the order of the archive."""
    found = screening.standings_of(attachments)
    return [_line(viewer, one, found[one.id]) for one in attachments]


def line_for(viewer: Viewer, detail: AttachmentDetail) -> FileLine:
    """One file."""
    return lines_for(viewer, [detail])[0]


def _line(viewer: Viewer, detail: AttachmentDetail, standing: Standing) -> FileLine:
    may_reveal = viewer.may(Right.REVEAL_NUMBERS)
    return FileLine(
        detail=detail, standing=standing, kind=kind_words(detail.attachment.kind), scan=scan_words(standing),
        copy=copy_words(standing.copy), hint=HINTS.get(_situation(standing), ""),
        may_release=_may_release(viewer, standing),
        may_mark=viewer.may(Right.MOVE_CASES),
        may_scan=standing.may_be_scanned_again and viewer.may(Right.RELEASE_ATTACHMENTS),
        is_hidden=standing.holds_numbers and not may_reveal,
    )  # fmt: skip


def _may_release(viewer: Viewer, standing: Standing) -> bool:
    """Only where the original is shut as it stands: what opens with a reason needs no second person."""
    return (
        standing.may_be_released
        and standing.original is Opening.CLOSED
        and viewer.may(Right.RELEASE_ATTACHMENTS)
    )


def kind_words(kind: str) -> str:
    """The kind of a content in words."""
    return FileKind(kind).label if kind in set(FileKind) else kind


def scan_words(standing: Standing) -> str:
    """Who scanned a file when, and with signatures of which day."""
    scan = standing.scan
    return (
        f"{engine_words(scan)}: {scan.outcome.label}{f'（{scan.found}）' if scan.found else ''}"
        if scan
        else ""
    )


def engine_words(scan: Scan) -> str:
    """A scanner and the age of its signatures."""
    built = scan.engine.signatures_at
    return f"{scan.engine.name}（定義ファイル {dates.day_words(built) if built else '日付不明'}）"


def copy_words(copy: CopyDetail | None) -> str:
    """What the copy is and what it was made by; nothing while there is none."""
    if copy is None or copy.state is not CopyState.MADE:
        return ""
    partial = "、途中まで" if copy.is_partial else ""
    return f"{kind_words(copy.kind)} {copy.pages_after}ページ{partial}、{copy.tool}"


HINTS = {
    "infected": "この添付は開示できません。開かずに情報政策課へ連絡し、申請者に出し直しを案内してください。",
    "making": "無害化した写しを作っています。しばらくしてから画面を読み込み直してください。",
    "shown_as_copy": "無害化した写しを見てください。原本は、審査または決裁の二人が確認すると開けるようになります。",
    "sealed": "審査または決裁の二人が確認すると、原本を開けるようになります。",
    "doubtful": "ふだんは無害化した写しを見てください。原本は、必要なときだけ理由を書いて開いてください。",
    "waiting": "まだ検査していません。検査が終わるまで、安全とは限りません。",
    "unscanned": "ウイルス対策ソフトが設定されていないため、検査していません。見知らぬ内容には注意してください。",
    "unscreenable": "検査できませんでした。安全とは限りません。",
    "released": "二人の確認により開けます。開くたびに、理由が監査証跡に残ります。",
}


def _situation(standing: Standing) -> str:
    """Which hint fits a file."""
    if standing.state is ScreeningState.SEALED:
        return "sealed" if standing.may_be_released else "infected"
    if (
        standing.copy is not None
        and standing.copy.state is CopyState.MAKING
        and (standing.codes or screening.is_copy_required())
    ):
        return "making"
    if screening.is_copy_required() and standing.original is Opening.CLOSED and standing.may_be_released:
        return "shown_as_copy"
    if standing.state is ScreeningState.SCREENED:
        return "doubtful" if standing.codes and standing.original is Opening.REASON else ""
    return standing.state.value


def release_view(viewer: Viewer, detail: AttachmentDetail, case: UUID, *, at: datetime) -> ReleaseView:
    """A sealed file with the proposal to open it, if one waits."""
    proposal = screening_services.open_release(case, detail.id, at=at)
    person = accounts.staff(int(proposal.made_by)) if proposal and proposal.made_by.isdigit() else None
    maker = person.display_name if person else ""
    is_mine = proposal is not None and proposal.made_by == str(viewer.staff_id)
    return ReleaseView(line_for(viewer, detail), proposal, maker, is_mine)


def sealed_for(viewer: Viewer) -> list[SealedLine]:
    """Sealed files of the cases that this person may see, oldest first; labels of protected cases stay hidden."""
    files = screening.sealed_files(limit=SHOWN)
    rows = cases.rows_of(viewer, [one.application_id for one in files])
    return [
        SealedLine(one, case, kind_words(one.kind), "" if case.is_masked else one.label)
        for one in files
        if (case := rows.get(one.application_id)) is not None
    ]


def scanner_banner(*, at: datetime) -> str:
    """What everybody at the desk should know of the scanner; empty when all is well. Two indexed questions."""
    since, last = screening.overdue_since(at=at), screening.last_scan()
    if since is not None:
        words = f"{dates.moment_words(since)}から検査できていない添付があります。"
        return words + "情報政策課へ、ウイルス対策ソフトの確認を依頼してください。"
    if last is not None and screening.is_scanner_set_up() and screening.is_outdated(last.engine, at=at):
        return "ウイルス対策ソフトの定義ファイルが古くなっています。情報政策課へ、更新を依頼してください。"
    return ""
