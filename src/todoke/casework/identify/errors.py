"""What may go wrong when links are loaded and parties are decided."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError
from todoke.foundation.row_files import HeaderWrong as HeaderWrong


class ProfileUnknown(TodokeError):
    """No link file profile has this name."""

    code: ClassVar[str] = "CSV-242"
    sentence: ClassVar[str] = (
        "番号紐付情報のレイアウト（{profile}）が登録されていません。設定を確かめてください。"
    )


class LoadTakenOver(TodokeError):
    """Another load of the same body began while this one ran: the later one goes on, this one stops."""

    code: ClassVar[str] = "IDN-340"
    sentence: ClassVar[str] = (
        "別の取込みが始まったため、この取込みを止めました。新しい取込みの結果を確かめてください。"
    )


class LoadInsideScope(TodokeError):
    """A load was asked for inside a transaction, which it would keep open for minutes."""

    code: ClassVar[str] = "IDN-341"
    sentence: ClassVar[str] = "番号紐付情報の取込みは単独で実行してください。"


class PartyNotFound(TodokeError):
    """The application has no such party, or it is not of this body."""

    code: ClassVar[str] = "IDN-342"
    sentence: ClassVar[str] = "対象の人物が見つかりません。申請を開き直してください。"


class PartyChanged(TodokeError):
    """Somebody decided this party since the screen was opened."""

    code: ClassVar[str] = "IDN-343"
    sentence: ClassVar[str] = "ほかの職員が先に決定しました。申請を開き直して内容を確かめてください。"


class NothingProposed(TodokeError):
    """No decision about this party waits for a second person."""

    code: ClassVar[str] = "IDN-348"
    sentence: ClassVar[str] = "確認を待つ決定がありません。申請を開き直してください。"


class ReasonMissing(TodokeError):
    """A decision on who somebody is needs a reason."""

    code: ClassVar[str] = "IDN-344"
    sentence: ClassVar[str] = "決定の理由を入力してください。"


class NumberInvalid(TodokeError):
    """Not a number of the kind: ASCII letters, digits and hyphens, at most 15 (宛名番号 X(15))."""

    code: ClassVar[str] = "IDN-345"
    sentence: ClassVar[str] = "番号は半角英数字15文字以内で入力してください。"
