"""The nouns of screening: how far a file was looked into, what a scan said, the copy, and how a file may be opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from todoke.casework.intake.values import AttachmentState
from todoke.foundation.claims import Claim
from todoke.foundation.labels import Labelled


class ScreeningState(Labelled):
    """検査の状態. Unknown is never shown as clean: only SCREENED is."""

    WAITING = "waiting", "検査待ち"
    UNSCANNED = "unscanned", "未検査（ウイルス対策ソフト未設定）"
    SCREENED = "screened", "検査済"
    UNSCREENABLE = "unscreenable", "検査できない"
    SEALED = "sealed", "封印"
    RELEASED = "released", "二人の確認で開示"


class ScanOutcome(Labelled):
    """ウイルス検査の結果."""

    CLEAN = "clean", "検出なし"
    INFECTED = "infected", "ウイルス検出"
    STALE = "stale", "定義ファイルが古い"
    TOO_LARGE = "too_large", "大きすぎて検査できない"


class CopyState(Labelled):
    """無害化した写しの状態."""

    MAKING = "making", "作成待ち"
    MADE = "made", "作成済"
    NOT_MADE = "not_made", "無害化できません"


class Opening(Labelled):
    """ファイルの開き方."""

    FREE = "free", "そのまま開ける"
    REASON = "reason", "理由を書いて開く"
    CLOSED = "closed", "開けない"


class ScreeningApproval(Labelled):
    """二人目の確認が要る決定（添付）."""

    RELEASE = "attachment.release", "添付原本の開示"


@dataclass(frozen=True, slots=True)
class Engine:
    """A scanner as it names itself: product and version, number and time of its signatures (None: unknown)."""

    name: str
    signatures: str = ""
    signatures_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scanner said of one content, and when. `found` names the malware, printable characters only."""

    engine: Engine
    outcome: ScanOutcome
    at: datetime
    found: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedContent:
    """A content that a worker holds; `attachment_id` is one attachment with these bytes."""

    claim: Claim
    attachment_id: int
    sha256: str
    size: int
    kind: str
    label: str
    codes: tuple[str, ...]
    needs_look: bool
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found about one content. `codes` of this look; `scan` None where no scanner is set up.

    `is_dangerous`: the look found something for which the original must stay closed.
    """

    content: ClaimedContent
    codes: tuple[str, ...] = ()
    scan: Scan | None = None
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedCopy:
    """A copy that a worker has to make, and of which bytes."""

    claim: Claim
    content_id: int
    attachment_id: int
    sha256: str
    size: int
    kind: str


@dataclass(frozen=True, slots=True)
class MadeCopy:
    """A copy whose bytes the parent has checked. `is_partial`: the original breaks off, or a preview is capped."""

    kind: str
    content: bytes
    sha256: str
    pages_before: int
    pages_after: int
    tool: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class CopyRefused:
    """Why there is no copy: a code with its sentence; `fact` is a word for the log, never content."""

    code: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class CopyDetail:
    """The copy of a content as the desk shows it; hashes are SHA-256 (hex) of the plain bytes."""

    state: CopyState
    kind: str = ""
    size: int = 0
    sha256: str = ""
    pages_before: int = 0
    pages_after: int = 0
    tool: str = ""
    is_partial: bool = False
    code: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """What decides how a file may be opened: what intake said, what screening said, copy, release, 個人番号.

    `needs_copy`: the town shows copies only（TODOKE_SANITISE=all）, and this file is one that has something to show.
    """

    attachment: AttachmentState
    content: ScreeningState
    codes: tuple[str, ...] = ()
    copy: CopyState | None = None
    is_released: bool = False
    holds_numbers: bool = False
    needs_copy: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How one attachment stands, and how its original and its copy may be opened."""

    attachment_id: int
    application_id: int
    state: ScreeningState
    codes: tuple[str, ...]
    sha256: str
    shown_hash: str
    original: Opening
    copy_opening: Opening
    copy: CopyDetail | None
    holds_numbers: bool
    may_be_released: bool
    may_ask_for_copy: bool
    may_be_scanned_again: bool = False
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One attachment that waits behind the seal, for the list 封印中の添付. `id` is that of its screening."""

    id: int
    attachment_id: int
    application_id: int
    label: str
    kind: str
    size: int
    codes: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file on its way out: its name, its kind, its size in bytes, and its bytes in pieces."""

    name: str
    kind: str
    size: int
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class ScannerStatus:
    """How scanning stands in one body: set up or not, the last answer, what has waited since when.

    `is_late`: a file waits for longer than a scanner that answers would let it; `is_overdue`: for more than a day.
    """

    is_set_up: bool
    is_required: bool
    last: Scan | None
    waiting: int
    waiting_since: datetime | None
    unscanned: int
    sealed: int
    is_overdue: bool
    is_outdated: bool
    is_late: bool = False
