"""What may go wrong between us and a core system."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class ProfileInvalid(TodokeError):
    """A core-system profile does not follow its schema, or names a source that does not exist."""

    code: ClassVar[str] = "CFG-701"
    sentence: ClassVar[str] = (
        "基幹の取込レイアウト（{profile}）が正しくありません（{where}）。設定を直してください。"
    )


class CoreSystemUnknown(TodokeError):
    """The body in scope has no such core system."""

    code: ClassVar[str] = "EXP-703"
    sentence: ClassVar[str] = "引き渡し先（{system}）が登録されていません。連携設定を確かめてください。"


class DestinationRefused(TodokeError):
    """An address or a folder that is not a registered destination, or that leads elsewhere by a link."""

    code: ClassVar[str] = "EXP-703"
    sentence: ClassVar[str] = (
        "引き渡し先が登録されていないか、登録と異なります（{where}）。連携設定を確かめてください。"
    )


class HandoverUnknown(TodokeError):
    """No such hand-over row in the body in scope, or not one whose case the person may see."""

    code: ClassVar[str] = "EXP-704"
    sentence: ClassVar[str] = "引き渡しの記録が見つかりません。一覧を開き直してください。"


class NotHeld(TodokeError):
    """The row is not held (or, to be handed over again, not refused): somebody was faster."""

    code: ClassVar[str] = "EXP-705"
    sentence: ClassVar[str] = "この申請は{state}です。ほかの人が先に操作しました。画面を開き直してください。"


class NotListed(TodokeError):
    """The core's ledger, as last fetched, does not list a row that was held because it did: nothing is there to stand."""

    code: ClassVar[str] = "EXP-713"
    sentence: ClassVar[str] = (
        "基幹の台帳に、この申請はもうありません。「基幹の台帳を受け入れる」を押すと、こちらの内容を引き渡します。"
    )


class CancellationImpossible(TodokeError):
    """Nothing has left that a cancellation could take back: a clerk looks into the core system."""

    code: ClassVar[str] = "EXP-710"
    sentence: ClassVar[str] = (
        "基幹へ引き渡した記録がないため、取消しは引き渡せません。基幹の処理を確かめ、手で取り消してください。"
    )


class NoCancellationLayout(CancellationImpossible):
    """The core system's layout has no word for a cancellation: a clerk cancels there by hand."""

    code: ClassVar[str] = "EXP-711"
    sentence: ClassVar[str] = (
        "この基幹の取込レイアウトには取消の形式がありません。基幹の画面で取り消し、確かめたことを書いてください。"
    )


class SubstituteUnfit(TodokeError):
    """A substitute that the core system cannot take either, or for something that is no character to replace."""

    code: ClassVar[str] = "CHR-404"
    sentence: ClassVar[str] = "この代替文字は基幹に渡せません。基幹で使える文字を選んでください。"


class CoreAway(TodokeError):
    """The core system does not answer, answers garbage, or refuses everything for now: to be tried later."""

    code: ClassVar[str] = "SYS-911"
    sentence: ClassVar[str] = "接続先が応答しません。自動で再試行します。"


class PeerRefused(CoreAway):
    """One side does not accept the other's certificate（相互TLS）: nothing is sent until a person has looked."""

    code: ClassVar[str] = "EXP-709"
    sentence: ClassVar[str] = (
        "基幹システムの証明書、またはこちらの証明書が受け入れられません。期限と名前を確かめ、情報政策課へ連絡してください。"
    )


class FileRefused(TodokeError):
    """The core system says that this very file is no good: sending it again as it is has no sense."""

    code: ClassVar[str] = "EXP-708"
    sentence: ClassVar[str] = "基幹が一括取込ファイルを受け付けません。レイアウトの設定を確かめてください。"


class NameTaken(TodokeError):
    """A file of that name with other contents lies at the destination: nothing is overwritten（bad-inputs E07）."""

    code: ClassVar[str] = "EXP-706"
    sentence: ClassVar[str] = (
        "引き渡し先に同じ名前で内容の異なるファイルがあります。引き渡し先を確かめてください。"
    )
