"""What may go wrong when resident records are loaded."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError
from todoke.foundation.row_files import HeaderWrong as HeaderWrong


class ProfileUnknown(TodokeError):
    """No resident file profile has this name."""

    code: ClassVar[str] = "CSV-243"
    sentence: ClassVar[str] = (
        "住民記録の写しのレイアウト（{profile}）が登録されていません。設定を確かめてください。"
    )


class LoadTakenOver(TodokeError):
    """Another load of the same body began while this one ran: the later one goes on, this one stops."""

    code: ClassVar[str] = "IDN-346"
    sentence: ClassVar[str] = (
        "別の取込みが始まったため、この取込みを止めました。新しい取込みの結果を確かめてください。"
    )


class LoadInsideScope(TodokeError):
    """A load was asked for inside a transaction, which it would keep open for minutes."""

    code: ClassVar[str] = "IDN-347"
    sentence: ClassVar[str] = "住民記録の写しの取込みは単独で実行してください。"
