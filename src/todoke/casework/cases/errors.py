"""What may be refused about a case."""

from typing import ClassVar

from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.errors import TodokeError

from .values import TimelineEntry


class CaseNotFound(TodokeError):
    """There is no such case, or it is not yours: the two are told apart by nobody (W01)."""

    code: ClassVar[str] = "CAS-404"
    sentence: ClassVar[str] = "申請が見つかりません。一覧から開き直してください。"


class CaseChanged(TodokeError):
    """Somebody changed the case since the screen was opened (W15); `changes` says who, when and what."""

    code: ClassVar[str] = "CAS-409"
    sentence: ClassVar[str] = "ほかの操作で内容が変わりました。変更点を確かめて、もう一度操作してください。"

    def __init__(self, changes: tuple[TimelineEntry, ...], **facts: str | int) -> None:
        self.changes = changes
        super().__init__(**facts)


class MoveRefused(TodokeError):
    """The table of transitions has no such line."""

    code: ClassVar[str] = "CAS-410"
    sentence: ClassVar[str] = "「{now}」から「{to}」へは変更できません。現在の処理状況を確かめてください。"


class NoteMissing(TodokeError):
    """This move needs a note: for the applicant, or for whoever asks later why."""

    code: ClassVar[str] = "CAS-411"
    sentence: ClassVar[str] = "「{to}」にする理由を入力してください。"


class NotHeld(TodokeError):
    """Only a held case can be released."""

    code: ClassVar[str] = "CAS-412"
    sentence: ClassVar[str] = "この申請は保留されていません。一覧から開き直してください。"


class WithdrawalUnanswered(NotHeld):
    """A late withdrawal is not simply released: somebody says what becomes of it in the core system."""

    code: ClassVar[str] = "SEQ-503"
    sentence: ClassVar[str] = "決定後の取下げです。基幹への取消しの扱いを選んでください。"


class SearchTooShort(TodokeError):
    """One character would find half of everybody (W23)."""

    code: ClassVar[str] = "CAS-413"
    sentence: ClassVar[str] = "検索する言葉を{least}文字以上入力してください。"


class PurposeMissing(TodokeError):
    """Who has numbers shown says what for."""

    code: ClassVar[str] = "CAS-414"
    sentence: ClassVar[str] = "番号を表示する目的を入力してください。監査証跡に残ります。"


class ListTooLong(TodokeError):
    """So many lines nobody takes away alone as a file（W23）."""

    code: ClassVar[str] = "CAS-415"
    sentence: ClassVar[str] = (
        "一人で保存できるのは{most}件までです。条件で絞り込むか、出力を申し込んでください。"
    )


class CaseProtected(RightMissing):
    """Somebody in the case is protected（支援措置）, and the person may not see who."""

    code: ClassVar[str] = "PRC-401"
    sentence: ClassVar[str] = (
        "支援措置対象者の申請です。内容の閲覧と本人特定は、支援措置担当の役割を持つ職員に依頼してください。"
    )


class ExportClosed(TodokeError):
    """A long list that was not agreed to, whose hours are over, or that this person may not agree to."""

    code: ClassVar[str] = "CAS-416"
    sentence: ClassVar[str] = (
        "この出力は、いまは保存できません。承認の期限が過ぎたときは、もう一度申し込んでください。"
    )
