"""What may go wrong at intake, apart from what is wrong with a package (that is a finding)."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class LayoutInvalid(TodokeError):
    """A layout profile is missing or does not fit its schema."""

    code: ClassVar[str] = "INT-101"
    sentence: ClassVar[str] = (
        "申請データのレイアウト（{profile}）が正しくありません（{where}）。設定ファイルを直してください。"
    )


class FormChecksInvalid(TodokeError):
    """A set of form checks does not fit its schema, or holds a rule that cannot be what its author meant."""

    code: ClassVar[str] = "INT-103"
    sentence: ClassVar[str] = (
        "形式審査の規則（{profile}）が正しくありません（{where}）。設定ファイルを直してください。"
    )


class TrustUnreadable(TodokeError):
    """The trust directory holds something that is neither a CA certificate nor a revocation list."""

    code: ClassVar[str] = "INT-102"
    sentence: ClassVar[str] = (
        "証明書のフォルダに読めないファイルがあります。認証局証明書と失効リストだけを置いてください。"
    )


class ApplicationUnknown(TodokeError):
    """The body in scope has no such application."""

    code: ClassVar[str] = "INT-110"
    sentence: ClassVar[str] = "申請が見つかりません。"


class AttachmentUnknown(TodokeError):
    """The body in scope has no such attachment."""

    code: ClassVar[str] = "INT-111"
    sentence: ClassVar[str] = "添付ファイルが見つかりません。"


class AttachmentDamaged(TodokeError):
    """An attachment does not come out of the stored original as it went in."""

    code: ClassVar[str] = "SYS-902"
    sentence: ClassVar[str] = "保管した原本を読めません。`todoke vault repair` で控えから戻してください。"


class EvidenceAbsent(TodokeError):
    """Nothing is recorded about the verification of a package: it was judged before records were kept, or not yet."""

    code: ClassVar[str] = "REV-338"
    sentence: ClassVar[str] = (
        "検証の記録がありません。検証が済んでいないか、記録を始める前に受け付けた申請データです。"
    )
