"""What may go wrong in screening."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class ScreeningError(TodokeError):
    """Something about looking into attachments."""


class ScannerAway(ScreeningError):
    """The scanner does not answer, answers too slowly, or not in its protocol: what it was asked stays unknown."""

    code: ClassVar[str] = "SYS-911"
    sentence: ClassVar[str] = "ウイルス対策ソフトが応答しません。自動で再試行します。"


class ScannerLies(ScannerAway):
    """The scanner calls the EICAR test file clean: nothing that it says counts."""

    sentence: ClassVar[str] = (
        "ウイルス対策ソフトが試験用のファイルを検出しません。定義ファイルを確かめてください。"
    )


class ScannerMisnamed(ScreeningError):
    """TODOKE_CLAMD is no address."""

    code: ClassVar[str] = "SYS-912"
    sentence: ClassVar[str] = (
        "TODOKE_CLAMD は tcp://ホスト:ポート か unix:///ソケットの場所 で指定してください。"
    )


class ScreeningUnknown(ScreeningError):
    """No such attachment in this body, or it has not been taken up yet."""

    code: ClassVar[str] = "ATT-630"
    sentence: ClassVar[str] = (
        "この添付ファイルはまだ検査の対象になっていません。しばらくしてから開いてください。"
    )


class NotReleasable(ScreeningError):
    """Nothing to release: it is not sealed, or malware was found in it."""

    code: ClassVar[str] = "ATT-631"
    sentence: ClassVar[str] = (
        "この添付の原本は開示できません。ウイルスを検出した添付は、申請者に出し直しを案内してください。"
    )


class NoCopyToAskFor(ScreeningError):
    """A copy exists already, or cannot be made of this kind."""

    code: ClassVar[str] = "ATT-632"
    sentence: ClassVar[str] = (
        "無害化した写しは、すでにあるか、作れない種類です。画面を読み込み直してください。"
    )


class NumbersHidden(ScreeningError):
    """The file is marked as holding 個人番号 and the person may not see any."""

    code: ClassVar[str] = "ATT-633"
    sentence: ClassVar[str] = "個人番号を含む添付です。番号を表示する権限のある職員に依頼してください。"


class FileClosed(ScreeningError):
    """The file may not be opened as it stands."""

    code: ClassVar[str] = "ATT-634"
    sentence: ClassVar[str] = "この添付ファイルは開けません。申請の画面で状態を確かめてください。"


class ReasonMissing(ScreeningError):
    """Opening this file needs a reason."""

    code: ClassVar[str] = "ATT-635"
    sentence: ClassVar[str] = "開く理由を入力してください。"


class NothingToScanAgain(ScreeningError):
    """A newer scan could not change how this file stands."""

    code: ClassVar[str] = "ATT-636"
    sentence: ClassVar[str] = "もう一度検査しても変わらない添付です。画面を読み込み直してください。"
