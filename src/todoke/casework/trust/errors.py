"""Why a choice is not taken."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class ChooserUnnamed(TodokeError):
    """Only a signed-in person may choose: the choice stands in the evidence under a name that can be asked."""

    code: ClassVar[str] = "REV-336"
    sentence: ClassVar[str] = (
        "検証方法は、権限のある職員がサインインして選んでください。コマンドでは選べません。"
    )


class ChoiceUnfit(TodokeError):
    """A choice without reason, for an unknown procedure, dated back, or of a way that is no choice."""

    code: ClassVar[str] = "REV-337"
    sentence: ClassVar[str] = "この選択は登録できません（{what}）。内容を直してもう一度登録してください。"
