"""What may be wrong with a decision or a close."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class CardUnknown(TodokeError):
    """No such card."""

    code: ClassVar[str] = "RVW-801"
    sentence: ClassVar[str] = "意思決定の記録が見つかりません。一覧から選び直してください。"


class CardChanged(TodokeError):
    """Somebody else was faster."""

    code: ClassVar[str] = "RVW-802"
    sentence: ClassVar[str] = (
        "ほかの人が先にこの記録を変えました。今の内容を確かめて、もう一度操作してください。入力した文は下に残してあります。"
    )


class CardUnfit(TodokeError):
    """Something that a decision needs is missing."""

    code: ClassVar[str] = "RVW-803"
    sentence: ClassVar[str] = "{what}。入力してから、もう一度操作してください。"


class StepUnfit(TodokeError):
    """Not at this point of its life."""

    code: ClassVar[str] = "RVW-804"
    sentence: ClassVar[str] = (
        "「{state}」の記録には、この操作はできません。画面を読み直して、今の状態を確かめてください。"
    )


class MonthNotOver(TodokeError):
    """A month that has not ended cannot be closed."""

    code: ClassVar[str] = "RVW-805"
    sentence: ClassVar[str] = "{month}は、まだ終わっていません。月が替わってから締めてください。"


class AlreadyClosed(TodokeError):
    """The month has been closed; a correction needs its reason."""

    code: ClassVar[str] = "RVW-806"
    sentence: ClassVar[str] = "{month}は締めてあります。締め直すときは、理由を書いてください。"


class CloseChanged(TodokeError):
    """What would be signed is no longer what was shown."""

    code: ClassVar[str] = "RVW-807"
    sentence: ClassVar[str] = (
        "表示した後に、報告か計画が変わりました。今の内容を確かめてから、もう一度署名してください。"
    )
