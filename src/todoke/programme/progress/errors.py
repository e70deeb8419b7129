"""What may be wrong with a report."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class ReportUnfit(TodokeError):
    """A report that contradicts itself."""

    code: ClassVar[str] = "PRG-801"
    sentence: ClassVar[str] = "報告の内容が合いません（{where}）。見直してから、もう一度登録してください。"


class ReportFromLater(TodokeError):
    """As of a day that has not come."""

    code: ClassVar[str] = "PRG-802"
    sentence: ClassVar[str] = "報告の時点が今日より後です。今日までの日付にしてください。"


class ItemNotReported(TodokeError):
    """The item is not in the plan, or is out of the reckoning."""

    code: ClassVar[str] = "PRG-803"
    sentence: ClassVar[str] = (
        "この取組には報告できません（{why}）。計画の画面で取組の扱いを確かめてください。"
    )


class WorkbookUnfit(TodokeError):
    """A workbook without the sheet or the columns of a report."""

    code: ClassVar[str] = "PRG-804"
    sentence: ClassVar[str] = (
        "進捗報告のExcelではありません（{why}）。この画面から書き出したファイルに記入してください。"
    )


class IndicatorUnknown(TodokeError):
    """No such indicator is kept."""

    code: ClassVar[str] = "PRG-805"
    sentence: ClassVar[str] = "指標が見つかりません。一覧から選び直してください。"


class IndicatorUnfit(TodokeError):
    """A value that cannot be one."""

    code: ClassVar[str] = "PRG-806"
    sentence: ClassVar[str] = "指標の値が合いません（{where}）。定義と単位を確かめて入力してください。"


class EventsUnfit(TodokeError):
    """A daily file of casework whose shape, day or counts are not what was agreed."""

    code: ClassVar[str] = "PRG-807"
    sentence: ClassVar[str] = (
        "申請の記録のファイルが決まりに合いません（{where}）。取り込みませんでした。"
        "情報政策課が、送った側の版と取込み側の版を確かめてください。"
    )


class EventsForeign(TodokeError):
    """A daily file of casework of another body."""

    code: ClassVar[str] = "PRG-808"
    sentence: ClassVar[str] = (
        "ほかの団体（{sender}）の申請の記録です。指標には自団体の記録だけを使います。置き場所を確かめてください。"
    )


class PaperCountUnfit(TodokeError):
    """A number of paper applications that cannot be one."""

    code: ClassVar[str] = "PRG-809"
    sentence: ClassVar[str] = (
        "紙の申請の件数が合いません（{where}）。終わった月の件数を、0以上の整数で入力してください。"
    )


class PaperCountForeign(TodokeError):
    """The procedure is in the charge of a section that is not the person's."""

    code: ClassVar[str] = "PRG-810"
    sentence: ClassVar[str] = (
        "この手続（{procedure}）の紙の件数は、担当課の人が入力します。担当課に依頼するか、手続の担当課の設定を確かめてください。"
    )
