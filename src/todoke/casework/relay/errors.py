"""What may go wrong while packages are received."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class ChannelUnknown(TodokeError):
    """The body has no channel of this name."""

    code: ClassVar[str] = "RLY-101"
    sentence: ClassVar[str] = "受付経路（{channel}）が登録されていません。先に登録してください。"


class ProfileInvalid(TodokeError):
    """A channel profile is missing or does not fit its schema."""

    code: ClassVar[str] = "RLY-102"
    sentence: ClassVar[str] = (
        "受付経路の設定ファイル（{profile}）が正しくありません（{where}）。設定を直してください。"
    )


class SettingsIncomplete(TodokeError):
    """A channel lacks an address, a password file or a folder."""

    code: ClassVar[str] = "RLY-103"
    sentence: ClassVar[str] = "受付経路（{channel}）の設定が足りません（{missing}）。設定を直してください。"


class PortalAway(TodokeError):
    """The other side does not answer at all: the run ends, the next one starts where this one did."""

    code: ClassVar[str] = "SYS-911"
    sentence: ClassVar[str] = "接続先が応答しません。自動で再試行します。"


class PeerRefused(TodokeError):
    """One side does not accept the other's certificate（相互TLS）: nothing is sent, nothing is received (C21)."""

    code: ClassVar[str] = "RLY-113"
    sentence: ClassVar[str] = (
        "接続先の証明書、またはこちらの証明書が受け入れられません。期限と名前を確かめ、情報政策課へ連絡してください。"
    )


class LoginRefused(TodokeError):
    """The portal does not take the sign-in."""

    code: ClassVar[str] = "RLY-110"
    sentence: ClassVar[str] = "ポータルにログインできません。IDとパスワードファイルを確かめてください。"


class ListFailed(TodokeError):
    """The list could not be read to its end."""

    code: ClassVar[str] = "RLY-111"
    sentence: ClassVar[str] = "申請データの一覧を取得できません。自動で再試行します。"


class FetchFailed(TodokeError):
    """One package could not be fetched whole; the others are."""

    code: ClassVar[str] = "RLY-112"
    sentence: ClassVar[str] = "申請データを取得できません。自動で再試行します。"


class FileNameUnknown(TodokeError):
    """A file's name does not tell its 受付番号."""

    code: ClassVar[str] = "RLY-120"
    sentence: ClassVar[str] = "ファイル名から受付番号を読み取れません。受付番号.zip に直してください。"


class FileUnreadable(TodokeError):
    """A file could not be read."""

    code: ClassVar[str] = "RLY-121"
    sentence: ClassVar[str] = "ファイルを読めません。場所と権限を確かめてください。"


class PackageUnknown(TodokeError):
    """The body in scope has no such package."""

    code: ClassVar[str] = "RLY-130"
    sentence: ClassVar[str] = "申請データが見つかりません。"


class NotWaiting(TodokeError):
    """A package that was accepted, or is already due, cannot be processed again."""

    code: ClassVar[str] = "RLY-131"
    sentence: ClassVar[str] = "この申請データは再処理の対象ではありません。状態を確かめてください。"
