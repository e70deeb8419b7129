"""Why an edition is not read, found or kept."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class PackUnreadable(TodokeError):
    """The file is not YAML as packs are written, or does not fit the schema."""

    code: ClassVar[str] = "PCK-101"
    sentence: ClassVar[str] = (
        "手順書データ（{pack}）を読めません（{where}: {reason}）。ファイルを直してください。"
    )


class PackInvalid(TodokeError):
    """The document fits the schema, and still contradicts itself."""

    code: ClassVar[str] = "PCK-102"
    sentence: ClassVar[str] = (
        "手順書データ（{pack}）に誤りが{count}件あります（{where}）。"
        "「todoke pack validate」で一覧を見て、直してください。"
    )


class EditionUnknown(TodokeError):
    """Neither shipped nor kept by this body."""

    code: ClassVar[str] = "PCK-103"
    sentence: ClassVar[str] = "手順書の版（{edition}）は登録されていません。版の一覧から選び直してください。"


class EditionTaken(TodokeError):
    """An edition of this name exists with other contents; editions never change."""

    code: ClassVar[str] = "PCK-104"
    sentence: ClassVar[str] = (
        "手順書の版（{edition}）は、別の内容ですでに登録されています。版は変えられません。"
        "release の番号を一つ上げて登録してください。"
    )


class ExpressionInvalid(TodokeError):
    """A condition is not written in the small language of packs, or is too large."""

    code: ClassVar[str] = "PCK-105"
    sentence: ClassVar[str] = "条件の式が読めません（{reason}、{at}文字目）。式を直してください。"


class OverlayMisfit(TodokeError):
    """An overlay lies over another pack, or takes names that the pack below has."""

    code: ClassVar[str] = "PCK-106"
    sentence: ClassVar[str] = (
        "追加データ（{overlay}）は、この手順書の版（{edition}）に重ねられません（{reason}）。"
        "対象の版に合わせて作り直してください。"
    )


class WorkbookMisfit(TodokeError):
    """The workbook is not one that `to-excel` has made, or a cell does not fit."""

    code: ClassVar[str] = "PCK-107"
    sentence: ClassVar[str] = "Excelファイルを読めません（{where}: {reason}）。直してからやり直してください。"


class SenderNotAbove(TodokeError):
    """An edition came from a body that is not the one we submit to."""

    code: ClassVar[str] = "PCK-108"
    sentence: ClassVar[str] = (
        "手順書の版は、提出先の団体からだけ受け取ります。送り主に、ファイルで渡してもらい、確かめてから登録してください。"
    )
