"""Why something of the roll-up is refused."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class SubmissionUnfit(TodokeError):
    """A file whose contents are no submission."""

    code: ClassVar[str] = "RUP-801"
    sentence: ClassVar[str] = (
        "提出の内容が決められた形ではありません（{where}）。取り込みませんでした。提出した団体に確かめてください。"
    )


class SubmissionForeign(TodokeError):
    """About a body that the sender does not speak for, or sent to one that is not its parent."""

    code: ClassVar[str] = "RUP-802"
    sentence: ClassVar[str] = (
        "{sender}は{subject}の提出を送れる団体ではありません。取り込みませんでした。送った団体に確かめてください。"
    )


class NoParent(TodokeError):
    """Nobody to submit to is registered."""

    code: ClassVar[str] = "RUP-803"
    sentence: ClassVar[str] = (
        "提出先が登録されていません。システム管理の担当者に、提出先の登録を依頼してください。"
    )


class SubmissionUnknown(TodokeError):
    """No such submission."""

    code: ClassVar[str] = "RUP-804"
    sentence: ClassVar[str] = "提出が見つかりません。一覧から選び直してください。"


class SupportUnknown(TodokeError):
    """No such entry of the ledger."""

    code: ClassVar[str] = "RUP-823"
    sentence: ClassVar[str] = "支援の記録が見つかりません。一覧から選び直してください。"


class SubmissionEmpty(TodokeError):
    """The plan has nothing of its guideline to report."""

    code: ClassVar[str] = "RUP-805"
    sentence: ClassVar[str] = (
        "この計画には、手順書に沿った取組がありません。計画の画面で取組を確かめてください。"
    )


class AlreadyWithdrawn(TodokeError):
    """Taken back before."""

    code: ClassVar[str] = "RUP-806"
    sentence: ClassVar[str] = "この提出は、取り下げてあります。画面を読み直してください。"


class SnapshotChanged(TodokeError):
    """What would be submitted is no longer what was shown."""

    code: ClassVar[str] = "RUP-807"
    sentence: ClassVar[str] = (
        "表示した後に、報告か計画が変わりました。今の内容を確かめてから、もう一度提出してください。"
    )


class SubmissionTampered(TodokeError):
    """What a prefecture handed on is not what the town signed."""

    code: ClassVar[str] = "RUP-808"
    sentence: ClassVar[str] = (
        "{sender}が送った提出のなかに、提出した団体（{subject}）自身の署名と合わないものがあります。ファイルのすべてを"
        "取り込みませんでした。提出した団体と{sender}の両方に確かめてください。"
    )


class EnquiryUnknown(TodokeError):
    """No such enquiry, or not at this body."""

    code: ClassVar[str] = "RUP-811"
    sentence: ClassVar[str] = "照会が見つかりません。一覧から選び直してください。"


class EnquiryUnfit(TodokeError):
    """An enquiry or an answer that lacks something."""

    code: ClassVar[str] = "RUP-812"
    sentence: ClassVar[str] = "{where}。直してから、もう一度操作してください。"


class EnquiryStepUnfit(TodokeError):
    """Not at this point of its life."""

    code: ClassVar[str] = "RUP-813"
    sentence: ClassVar[str] = "「{state}」の照会には、この操作はできません。画面を読み直してください。"


class SupportUnfit(TodokeError):
    """An entry of the ledger that contradicts itself."""

    code: ClassVar[str] = "RUP-821"
    sentence: ClassVar[str] = "{where}。直してから、もう一度登録してください。"


class SupportChanged(TodokeError):
    """Somebody else was faster."""

    code: ClassVar[str] = "RUP-822"
    sentence: ClassVar[str] = (
        "ほかの人が先にこの記録を変えました。今の内容を確かめて、もう一度操作してください。"
    )


class LayoutUnknown(TodokeError):
    """No such layout of a publication."""

    code: ClassVar[str] = "RUP-831"
    sentence: ClassVar[str] = "公表資料の様式（{layout}）がありません。様式の一覧から選んでください。"


class PublicationUnfit(TodokeError):
    """A file that is not of this layout."""

    code: ClassVar[str] = "RUP-832"
    sentence: ClassVar[str] = (
        "この様式の公表資料として読めません（{why}）。様式を確かめて、公表されたファイルをそのまま取り込んでください。"
    )


class PublicationTaken(TodokeError):
    """The same file, once more."""

    code: ClassVar[str] = "RUP-833"
    sentence: ClassVar[str] = "同じファイルは取り込んであります。取込みの記録を確かめてください。"


class PublicationUnknown(TodokeError):
    """No such import."""

    code: ClassVar[str] = "RUP-834"
    sentence: ClassVar[str] = "取り込んだ公表資料が見つかりません。一覧から選び直してください。"
