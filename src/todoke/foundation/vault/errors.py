"""What may go wrong in the vault."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError
from todoke.foundation.keyring.errors import KeyMissing

__all__ = ["BlobDamaged", "BlobDestroyed", "KeyMissing", "StoreFailed", "TooLarge"]


class StoreFailed(TodokeError):
    """The bytes could not be made durable: nothing is acknowledged, the segment is never used again."""

    code: ClassVar[str] = "SYS-901"
    sentence: ClassVar[str] = "保存できません。ディスクの空きを確かめてください。受け付けは自動で再開します。"


class TooLarge(TodokeError):
    """More bytes than the caller allows."""

    code: ClassVar[str] = "PKG-122"
    sentence: ClassVar[str] = (
        "申請データの大きさが上限（{limit}バイト）を超えています。設定を確かめてください。"
    )


class BlobDamaged(TodokeError):
    """The stored bytes do not decrypt to what was stored, or the segment is missing."""

    code: ClassVar[str] = "SYS-902"
    sentence: ClassVar[str] = "保管した原本を読めません。`todoke vault repair` で控えから戻してください。"


class BlobDestroyed(TodokeError):
    """The key of the bytes was destroyed when their retention period was over: nobody can read them any more."""

    code: ClassVar[str] = "SYS-904"
    sentence: ClassVar[str] = (
        "この原本は保存期間が過ぎて廃棄したため、読めません。廃棄の記録を確かめてください。"
    )
