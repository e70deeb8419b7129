"""Why a second person's confirmation does not count."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class SamePerson(TodokeError):
    """Who proposed may not confirm."""

    code: ClassVar[str] = "APR-101"
    sentence: ClassVar[str] = "提案した本人は確認できません。ほかの担当者に確認を依頼してください。"


class ShownChanged(TodokeError):
    """What is shown now is not what was proposed: the proposal counts for nothing."""

    code: ClassVar[str] = "APR-102"
    sentence: ClassVar[str] = (
        "提案の後で内容が変わったため、確認できません。今の内容を見て、提案し直してください。"
    )


class ProposalExpired(TodokeError):
    """The time for confirming is over."""

    code: ClassVar[str] = "APR-103"
    sentence: ClassVar[str] = "確認の期限（{hours}時間）が過ぎました。もう一度提案してください。"


class ProposalClosed(TodokeError):
    """Confirmed, refused or withdrawn already, or not of this body."""

    code: ClassVar[str] = "APR-104"
    sentence: ClassVar[str] = "この提案は、すでに処理されています。画面を読み込み直してください。"


class ProposalOpen(TodokeError):
    """The same decision about the same thing waits for a second person already."""

    code: ClassVar[str] = "APR-105"
    sentence: ClassVar[str] = (
        "同じ内容の提案が、すでに確認を待っています。確認を依頼するか、取り下げてください。"
    )


class EnabledByMaker(TodokeError):
    """The maker gave the confirmer a role or a link within 24 hours（bad-inputs W22）."""

    code: ClassVar[str] = "APR-106"
    sentence: ClassVar[str] = (
        "提案した人から24時間以内に役割やサインイン用リンクを受け取った人は、確認できません。"
        "ほかの担当者に依頼してください。"
    )


class AloneRefused(TodokeError):
    """Nobody allows oneself to confirm alone while somebody else could allow it."""

    code: ClassVar[str] = "APR-107"
    sentence: ClassVar[str] = (
        "自分一人での確認を、自分で認めることはできません。ほかの管理者に依頼してください。"
    )


class ReasonMissing(TodokeError):
    """Both persons say why."""

    code: ClassVar[str] = "APR-108"
    sentence: ClassVar[str] = "理由を入力してください。監査証跡に残ります。"


class PersonNeeded(TodokeError):
    """A command or a worker is no second person."""

    code: ClassVar[str] = "APR-109"
    sentence: ClassVar[str] = "確認は、サインインした職員だけができます。画面から確認してください。"
