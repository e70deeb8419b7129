"""What may be wrong with a body or a section."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class CodeInvalid(TodokeError):
    """Not a 全国地方公共団体コード: six ASCII digits whose last one checks the first five."""

    code: ClassVar[str] = "ORG-001"
    sentence: ClassVar[str] = "団体コードの検査数字が合いません。6桁のコードを確かめて入力してください。"


class OrganisationUnknown(TodokeError):
    """No body with this code is registered here."""

    code: ClassVar[str] = "ORG-002"
    sentence: ClassVar[str] = "団体（{organisation}）が登録されていません。先に団体を登録してください。"
