"""Why a second step does not count."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class CodeWrong(TodokeError):
    """The code is wrong, too old, or was used already; which of these is not said."""

    code: ClassVar[str] = "ACC-010"
    sentence: ClassVar[str] = (
        "確認コードが違うか、使用済みです。認証アプリに次のコードが表示されるのを待って、入力し直してください。"
    )


class TriesExhausted(TodokeError):
    """Too many wrong codes in a row."""

    code: ClassVar[str] = "ACC-011"
    sentence: ClassVar[str] = (
        "続けて失敗したため、{minutes}分ほど受け付けません。時間をおいて入力し直してください。"
    )


class LastManager(TodokeError):
    """The body would have nobody left who manages staff."""

    code: ClassVar[str] = "ACC-012"
    sentence: ClassVar[str] = (
        "利用者管理の担当者がだれもいなくなるため、できません。先に、ほかの人に利用者管理の役割を付けてください。"
    )


class ReasonNeeded(TodokeError):
    """A reset says why."""

    code: ClassVar[str] = "ACC-013"
    sentence: ClassVar[str] = "理由を入力してください。監査証跡に残ります。"
