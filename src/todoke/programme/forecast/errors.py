"""Why something is not forecast."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class OrderInCircle(TodokeError):
    """The dependencies run in a circle."""

    code: ClassVar[str] = "FCT-101"
    sentence: ClassVar[str] = (
        "前後関係が一巡しています（{circle}）。どれか一つの前後関係を、理由を書いて外してください。"
    )


class ActivityUnknown(TodokeError):
    """No activity of this plan has that key."""

    code: ClassVar[str] = "FCT-102"
    sentence: ClassVar[str] = "この取組は計画にありません。工程表の画面から選び直してください。"


class NothingToSchedule(TodokeError):
    """The plan has no work that counts."""

    code: ClassVar[str] = "FCT-103"
    sentence: ClassVar[str] = "日程を計算する取組がありません。計画に取組を加えてください。"


class NetworkBroken(TodokeError):
    """A dependency, window or demand names what is not there, or a duration is out of order."""

    code: ClassVar[str] = "FCT-104"
    sentence: ClassVar[str] = "計画のつながりに誤りがあります（{where}）。取組と前後関係を確かめてください。"


class BeyondCalendar(TodokeError):
    """No schedule ends within the calendar."""

    code: ClassVar[str] = "FCT-105"
    sentence: ClassVar[str] = (
        "計算する期間（{years}年）の中に収まる日程が見つかりません。体制の数と時期の制約を確かめてください。"
    )


class BranchEmpty(TodokeError):
    """A what-if branch changes nothing, or names what the plan has not."""

    code: ClassVar[str] = "FCT-106"
    sentence: ClassVar[str] = "この案は計画を変えません（{what}）。変える内容を選び直してください。"


class ForecastUnknown(TodokeError):
    """No kept forecast of this body has that name."""

    code: ClassVar[str] = "FCT-107"
    sentence: ClassVar[str] = "この見通しの記録は見つかりません。見通しの一覧から選び直してください。"


class SolverMissing(TodokeError):
    """The exact solver is not installed."""

    code: ClassVar[str] = "FCT-108"
    sentence: ClassVar[str] = (
        "厳密解法のソフトウェアが入っていません。pip install 'todoke[exact]' で入れてから、もう一度実行してください。"
    )


class SolverWrong(TodokeError):
    """The exact solver answered with a schedule that breaks the plan: nothing of it is kept."""

    code: ClassVar[str] = "FCT-109"
    sentence: ClassVar[str] = (
        "厳密解法の答えが、計画の前後関係か体制に合いませんでした。答えは使いません。版を確かめてください。"
    )
