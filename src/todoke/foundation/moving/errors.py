"""Why a body cannot move, and what to do."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class PlaceUnknown(TodokeError):
    """There is no such database in this installation."""

    code: ClassVar[str] = "MOV-101"
    sentence: ClassVar[str] = (
        "移す先の組（{group}）がありません。TODOKE_DATABASE_GROUPS_FILE に組を書き、`todoke migrate` を実行してください。"
    )


class AlreadyThere(TodokeError):
    """The body lives there already."""

    code: ClassVar[str] = "MOV-102"
    sentence: ClassVar[str] = "団体（{organisation}）の行は、もうそのデータベース（{group}）にあります。"


class OtherMove(TodokeError):
    """Another move of the body is under way."""

    code: ClassVar[str] = "MOV-103"
    sentence: ClassVar[str] = (
        "団体（{organisation}）は {group} へ移している途中です。続けるか、--undo で取り消してください。"
    )


class OtherProduct(TodokeError):
    """Rows move between databases of one product only."""

    code: ClassVar[str] = "MOV-104"
    sentence: ClassVar[str] = (
        "違う種類のデータベースの間では移せません。控えを取り、同じ種類の先を用意してください。"
    )


class IdsTaken(TodokeError):
    """The target holds rows of other bodies with the same ids; nothing was changed."""

    code: ClassVar[str] = "MOV-105"
    sentence: ClassVar[str] = (
        "移す先に、同じ番号の行（{table}）があります。引越しは取り消しました。新しい空の組を作り、そこへ移してください。"
    )


class CopyDiffers(TodokeError):
    """What was copied is not what was there; the move can be undone."""

    code: ClassVar[str] = "MOV-106"
    sentence: ClassVar[str] = (
        "写した行が元と合いません（{where}）。切り替えていません。--undo で取り消し、情報政策課が調べてください。"
    )


class NothingToUndo(TodokeError):
    """No move of the body is under way, or it is past its switch."""

    code: ClassVar[str] = "MOV-107"
    sentence: ClassVar[str] = (
        "団体（{organisation}）に、取り消せる引越しはありません。切替えの後は、終えてから逆向きに移してください。"
    )


class HouseBusy(TodokeError):
    """A backup or another move is running on this machine."""

    code: ClassVar[str] = "MOV-108"
    sentence: ClassVar[str] = "控えか別の引越しが動いています。終わってから、もう一度実行してください。"
