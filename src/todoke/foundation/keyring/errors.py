"""What may be wrong with a key."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class KeyMissing(TodokeError):
    """The master key, or an organisation's key, is missing or does not fit."""

    code: ClassVar[str] = "SYS-903"
    sentence: ClassVar[str] = (
        "保管庫の鍵が見つからないか、合いません。鍵ファイルを元に戻してから起動してください。"
    )


class KeyVersionMissing(KeyMissing):
    """Something is wrapped by a version of a body's key whose file is not there."""

    code: ClassVar[str] = "SYS-905"
    sentence: ClassVar[str] = (
        "団体{organisation}の鍵の第{version}版（{file}）がありません。鍵の控えからこのファイルを戻してください。"
    )


class KeysReadOnly(TodokeError):
    """New keys cannot be written where the keys lie."""

    code: ClassVar[str] = "SYS-906"
    sentence: ClassVar[str] = (
        "鍵の置き場所に書けないため、取り替えられません。書込みを許してから、同じコマンドをもう一度実行してください。"
    )


class StillNeeded(TodokeError):
    """An old key may still be asked for."""

    code: ClassVar[str] = "SYS-907"
    sentence: ClassVar[str] = (
        "古い鍵は、まだ片づけられません（{because}）。`todoke keys show` で進みを確かめてください。"
    )
