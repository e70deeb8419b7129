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


class ParentUnfit(TodokeError):
    """A body cannot submit to this one."""

    code: ClassVar[str] = "ORG-003"
    sentence: ClassVar[str] = (
        "{organisation}の提出先に{parent}は選べません。市区町村の提出先は都道府県か国、都道府県の提出先は国です。"
    )
