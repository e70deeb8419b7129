"""The words of the roll-up with their Japanese labels, the kinds of its files, and the letters of states."""

from collections.abc import Mapping

from todoke.foundation.labels import Labelled

SUBMISSION = "rollup.submission"  # kinds of files
FORWARD = "rollup.forward"
ENQUIRY = "rollup.enquiry"
LATE_DAYS = (
    45  # calendar days after which a submission counts as late: a month, and two weeks to make the next
)
MOST_LISTED = 300  # bodies that are listed one by one; more are shown by prefecture
DONE, WORKING, NOT_STARTED, OUT_OF_SCOPE = "d", "w", "n", "o"
UNKNOWN = "?"  # the succession map cannot say
ABSENT = "."  # the step does not exist for this 事務
OFFICIAL_STEP = "official-step"  # the tag of the steps that 総務省 counts
STATE_WORDS: Mapping[str, str] = {
    DONE: "完了済み", WORKING: "作業中", NOT_STARTED: "未着手", OUT_OF_SCOPE: "対象外", UNKNOWN: "比較できない",
}  # fmt: skip


class SubmissionState(Labelled):
    """What a received submission counts for."""

    CURRENT = "current", "最新"
    SUPERSEDED = "superseded", "新しい提出あり"
    WITHDRAWN = "withdrawn", "取下げ"


class SubmissionSource(Labelled):
    """Where the figures of a body come from."""

    SUBMITTED = "submitted", "団体の提出"
    PUBLISHED = "published", "国の公表資料"


class SubmissionSignature(Labelled):
    """Whose hand a submission shows, as far as this body can tell; a file with a wrong signature is never taken."""

    CONFIRMED = "confirmed", "登録した鍵の署名"
    UNREGISTERED = "unregistered", "鍵の登録がない署名"
    CHANGED = "changed", "前の提出と違う鍵の署名"
    NONE = "none", "署名なし"


class EnquiryState(Labelled):
    """How an enquiry stands at one body, on either side."""

    WAITING = "waiting", "回答待ち"
    ANSWERED = "answered", "回答済み"
    RETURNED = "returned", "差戻し"
    ACCEPTED = "accepted", "受領"


class FieldKind(Labelled):
    """What a question asks for."""

    TEXT = "text", "文"
    NUMBER = "number", "数"
    CHOICE = "choice", "選択"
    DATE = "date", "日付"


class SupportKind(Labelled):
    """市区町村支援 of a prefecture."""

    EXPERT = "expert", "専門家派遣"
    PROCUREMENT = "procurement", "共同調達"
    TRAINING = "training", "共同研修"
    OTHER = "other", "その他の支援"


class SupportState(Labelled):
    """Where a piece of support stands."""

    PLANNED = "planned", "予定"
    RUNNING = "running", "実施中"
    FINISHED = "finished", "終了"
    DROPPED = "dropped", "取りやめ"


class MisfitKind(Labelled):
    """Why something of an official publication was not taken as it stood; some are taken after all, and said."""

    UNKNOWN_CODE = "unknown_code", "団体コードが正しくない"
    LOST_ZERO = "lost_zero", "団体コードの頭の0を補った"
    UNKNOWN_CONCEPT = "unknown_concept", "事務が一覧にない"
    UNKNOWN_STEP = "unknown_step", "ステップが一覧にない"
    UNKNOWN_INDICATOR = "unknown_indicator", "指標が一覧にない"
    UNKNOWN_STATUS = "unknown_status", "状態の言葉が一覧にない"
    SHORT_STATUS = "short_status", "略した状態を読み替えた"
    RENAMED = "renamed", "別の名前の事務を読み替えた"
    ODD_RATE = "odd_rate", "率がステップ数の分数にならない"
    RATE_DIFFERS = "rate_differs", "率が状態の数と合わない"
    NOT_SURVEYED = "not_surveyed", "調査なし"
    NO_DENOMINATOR = "no_denominator", "分母が0"
    TWICE = "twice", "同じ団体・事務が二度ある"
    UNREADABLE = "unreadable", "値を読めない"
