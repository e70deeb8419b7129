"""What may go wrong about protected persons."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError
from todoke.foundation.row_files import HeaderWrong as HeaderWrong


class NumberUnfit(TodokeError):
    """The number cannot be one of this body."""

    code: ClassVar[str] = "PRC-410"
    sentence: ClassVar[str] = "宛名番号は半角の英数字とハイフンで、15文字以内にしてください。"


class DatesUnfit(TodokeError):
    """The last day lies before the first."""

    code: ClassVar[str] = "PRC-411"
    sentence: ClassVar[str] = "終了日が開始日より前です。日付を確かめてください。"


class ProtectionUnknown(TodokeError):
    """There is no such line, or it has been ended already, or it is not of this body."""

    code: ClassVar[str] = "PRC-412"
    sentence: ClassVar[str] = (
        "この支援措置は見つからないか、すでに終了しています。画面を読み込み直してください。"
    )


class ReasonNeeded(TodokeError):
    """Who ends a protection says why."""

    code: ClassVar[str] = "PRC-413"
    sentence: ClassVar[str] = "終了の理由を入力してください。監査証跡に残ります。"


class ProfileUnknown(TodokeError):
    """No layout of such lists is shipped under this name, or a town's own at this path cannot be used."""

    code: ClassVar[str] = "PRC-414"
    sentence: ClassVar[str] = (
        "支援措置対象者のファイルのレイアウト（{profile}）がないか、読めません。設定を確かめてください。"
    )
