"""Why a file of the exchange is not taken."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class FileBroken(TodokeError):
    """Not a file of the exchange: no JSON of the known format, or too large."""

    code: ClassVar[str] = "XCH-801"
    sentence: ClassVar[str] = (
        "受け渡しファイルの形が正しくありません。送った団体に、送り直しを依頼してください。"
    )


class SenderUnknown(TodokeError):
    """No key of this sender is registered here."""

    code: ClassVar[str] = "XCH-802"
    sentence: ClassVar[str] = (
        "{sender}の公開鍵が登録されていません。相手に指紋を確かめてから登録し、もう一度取り込んでください。"
    )


class SignatureWrong(TodokeError):
    """The signature does not fit the content."""

    code: ClassVar[str] = "XCH-803"
    sentence: ClassVar[str] = (
        "受け渡しファイルの署名が一致しません。取り込みませんでした。送った団体（{sender}）に確かめてください。"
    )


class NotForUs(TodokeError):
    """Addressed to another body."""

    code: ClassVar[str] = "XCH-804"
    sentence: ClassVar[str] = "ほかの団体あての受け渡しファイルです。置き場所を確かめてください。"


class NumberTaken(TodokeError):
    """Another file under the same number has been taken: its sender was restored from a backup, or somebody forges."""

    code: ClassVar[str] = "XCH-805"
    sentence: ClassVar[str] = (
        "同じ番号（{number}）で中身の違うファイルが届いています。送った団体（{sender}）に確かめてください。"
    )


class KeyUnfit(TodokeError):
    """Not a public key."""

    code: ClassVar[str] = "XCH-806"
    sentence: ClassVar[str] = "公開鍵の形が正しくありません。64桁の16進数を確かめて入力してください。"
