"""What may go wrong while the applicant is told."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class WordsInvalid(TodokeError):
    """A file of status words is missing or does not fit its schema."""

    code: ClassVar[str] = "NTF-102"
    sentence: ClassVar[str] = (
        "処理状況の用語設定（{profile}）が正しくありません（{where}）。設定を直してください。"
    )


class PortalAway(TodokeError):
    """The portal does not answer, or does not let us in: to be tried later, no notice is to blame."""

    code: ClassVar[str] = "SYS-911"
    sentence: ClassVar[str] = "接続先が応答しません。自動で再試行します。"


class NoticeTrouble(TodokeError):
    """The portal answered something else than yes or no to this one notice."""

    code: ClassVar[str] = "NTF-912"
    sentence: ClassVar[str] = (
        "ポータルが処理状況の登録に正しく応答しませんでした。自動で再試行し、続くときは情報政策課へ連絡してください。"
    )


class NoticeUnknown(TodokeError):
    """No such status waits to be typed in the body in scope, or it is not of the person's sections."""

    code: ClassVar[str] = "NTF-404"
    sentence: ClassVar[str] = "手入力待ちの処理状況が見つかりません。一覧を開き直してください。"
