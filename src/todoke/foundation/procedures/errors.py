"""What may be wrong with a procedure."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class ProcedureUnknown(TodokeError):
    """The catalogue has no such code."""

    code: ClassVar[str] = "XML-212"
    sentence: ClassVar[str] = (
        "未設定の手続です（{procedure}）。手続カタログに登録してから再処理してください。"
    )
