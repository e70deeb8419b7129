"""Why something is not disposed of."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class RetentionRulesInvalid(TodokeError):
    """The rules of retention are not there, broken, or do not fit the schema."""

    code: ClassVar[str] = "RET-101"
    sentence: ClassVar[str] = (
        "保存期間の規則（{profile}）を読めません（{where}）。ファイルを直してください。直るまで何も廃棄しません。"
    )


class RuleUnknown(TodokeError):
    """No rule of this body has that code."""

    code: ClassVar[str] = "RET-102"
    sentence: ClassVar[str] = "この保存期間の規則はありません。廃棄の画面から選び直してください。"


class ListChanged(TodokeError):
    """The list is no longer what the page showed."""

    code: ClassVar[str] = "RET-103"
    sentence: ClassVar[str] = "廃棄一覧の内容が変わりました。今の一覧を見て、提案し直してください。"


class NothingDue(TodokeError):
    """Nothing of this rule may go today."""

    code: ClassVar[str] = "RET-104"
    sentence: ClassVar[str] = "この規則で廃棄できるものは、いまありません。"


class RunUnknown(TodokeError):
    """No list of this body has that name, or it has not come so far."""

    code: ClassVar[str] = "RET-105"
    sentence: ClassVar[str] = "この廃棄の記録は見つかりません。廃棄の画面から選び直してください。"


class RunOpen(TodokeError):
    """A list of the same rule waits or is worked on."""

    code: ClassVar[str] = "RET-106"
    sentence: ClassVar[str] = (
        "同じ規則の廃棄一覧が、承認待ちか廃棄中です。終わってから、次の一覧を提案してください。"
    )


class HoldUnknown(TodokeError):
    """No such hold, or lifted already."""

    code: ClassVar[str] = "RET-107"
    sentence: ClassVar[str] = "この廃棄の停止は、すでに解除されています。画面を読み込み直してください。"


class HoldTargetUnknown(TodokeError):
    """Neither a procedure nor an application of this body."""

    code: ClassVar[str] = "RET-108"
    sentence: ClassVar[str] = (
        "停止の対象が見つかりません。手続の番号（P01など）か、申請の画面の番号を確かめてください。"
    )


class GroundMissing(TodokeError):
    """A hold says why."""

    code: ClassVar[str] = "RET-109"
    sentence: ClassVar[str] = (
        "停止・解除の理由を入力してください。氏名は書かず、事件番号などを書いてください。"
    )
