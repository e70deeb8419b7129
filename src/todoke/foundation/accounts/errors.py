"""What may be refused about staff."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class RightMissing(TodokeError):
    """The person has not been granted the right."""

    code: ClassVar[str] = "ACC-001"
    sentence: ClassVar[str] = "この操作の権限（{right}）がありません。利用者管理の担当者に相談してください。"


class TooManyUses(TodokeError):
    """The person has searched or revealed as often as one person needs to（§6.11）."""

    code: ClassVar[str] = "ACC-429"
    sentence: ClassVar[str] = (
        "{use}の回数が上限（{limit}回）に達しました。{wait}分ほど待ってからもう一度操作してください。"
    )


class SignInNameTaken(TodokeError):
    """Another member of staff of this installation uses the sign-in name."""

    code: ClassVar[str] = "ACC-002"
    sentence: ClassVar[str] = "このサインイン名は使われています。別の名前を入力してください。"


class SetUpDone(TodokeError):
    """The first administrator exists already, or the one-time link has been used."""

    code: ClassVar[str] = "ACC-003"
    sentence: ClassVar[str] = (
        "このリンクは使えません。サーバーを起動した画面に表示された新しいリンクを開いてください。"
    )
