"""Why a plan is not changed."""

from typing import ClassVar

from todoke.foundation.errors import TodokeError


class PlanUnknown(TodokeError):
    """No plan of this body has that name."""

    code: ClassVar[str] = "PLN-101"
    sentence: ClassVar[str] = "この計画は見つかりません。計画の一覧から選び直してください。"


class ItemUnknown(TodokeError):
    """No item, link, window, capacity or proof of this plan has that name."""

    code: ClassVar[str] = "PLN-102"
    sentence: ClassVar[str] = "この取組は見つかりません。計画の画面を読み込み直してください。"


class ItemRetired(TodokeError):
    """A retired item is read-only."""

    code: ClassVar[str] = "PLN-103"
    sentence: ClassVar[str] = "改定で終了した取組は変えられません。引き継いだ取組を変えてください。"


class FieldInvalid(TodokeError):
    """What was typed cannot be read."""

    code: ClassVar[str] = "PLN-104"
    sentence: ClassVar[str] = "「{field}」の書き方が正しくありません。{example}のように書き直してください。"


class FieldFixed(TodokeError):
    """A field that the guideline gives, or that does not exist for this item."""

    code: ClassVar[str] = "PLN-105"
    sentence: ClassVar[str] = "「{field}」はこの取組では変えられません。ほかの項目を直してください。"


class ReasonNeeded(TodokeError):
    """Out of scope, left aside, or relaxed against the guideline: never without a reason."""

    code: ClassVar[str] = "PLN-106"
    sentence: ClassVar[str] = "理由を入力してください。あとで説明できるよう、記録に残ります。"


class NothingToUndo(TodokeError):
    """This person has no change in this plan that still stands."""

    code: ClassVar[str] = "PLN-107"
    sentence: ClassVar[str] = "取り消せる自分の変更は、もうありません。"


class ChangedSince(TodokeError):
    """What is to be undone has been changed by somebody else since."""

    code: ClassVar[str] = "PLN-108"
    sentence: ClassVar[str] = (
        "そのあとに{count}件の変更があるため、取り消せません。変更の記録を見て、先にそれらを確かめてください。"
    )


class VersionConflict(TodokeError):
    """What is to be changed has been changed meanwhile."""

    code: ClassVar[str] = "PLN-109"
    sentence: ClassVar[str] = "ほかの人が先に変えています。今の内容を確かめて、もう一度入力してください。"


class SheetChanged(TodokeError):
    """The plan or the choices are not those of the sheet that was shown."""

    code: ClassVar[str] = "PLN-110"
    sentence: ClassVar[str] = (
        "改定影響票を表示したあとに計画が変わりました。今の票を見て、採用し直してください。"
    )


class NoWay(TodokeError):
    """The edition does not follow the one that the plan pins."""

    code: ClassVar[str] = "PLN-111"
    sentence: ClassVar[str] = (
        "この版は、計画が使っている版の後継ではありません。版の一覧から選び直してください。"
    )


class AdoptionUnknown(TodokeError):
    """No adoption of this plan has that name."""

    code: ClassVar[str] = "PLN-112"
    sentence: ClassVar[str] = "この採用の記録は見つかりません。計画の画面を読み込み直してください。"


class AnswersInvalid(TodokeError):
    """Some answers of the wizard cannot be read."""

    code: ClassVar[str] = "PLN-113"
    sentence: ClassVar[str] = "{count}件の答えに誤りがあります。印のある項目を直してください。"


class DraftUnknown(TodokeError):
    """No plan of this body is being set up under that name."""

    code: ClassVar[str] = "PLN-114"
    sentence: ClassVar[str] = "作りかけの計画が見つかりません。新しく始めてください。"


class QuestionsUnreadable(TodokeError):
    """The questions are not there, broken, or do not fit the schema."""

    code: ClassVar[str] = "PLN-120"
    sentence: ClassVar[str] = "質問の設定（{profile}）を読めません（{where}）。ファイルを直してください。"


class RoundUnknown(TodokeError):
    """No round of the survey has that name."""

    code: ClassVar[str] = "PLN-121"
    sentence: ClassVar[str] = "この調査の回は見つかりません。調査の一覧から選び直してください。"


class CodeInvalid(TodokeError):
    """The one-time code does not exist, was used, or its round is over."""

    code: ClassVar[str] = "PLN-122"
    sentence: ClassVar[str] = (
        "この回答コードは使えません。入力を確かめてください。一つのコードで答えられるのは一度だけです。"
    )


class AnswerMissing(TodokeError):
    """An answer is not one of the choices, or is missing."""

    code: ClassVar[str] = "PLN-123"
    sentence: ClassVar[str] = "答えていない質問があります。すべての質問に答えてください。"


class RoundOpen(TodokeError):
    """Results are given out only when a round is over."""

    code: ClassVar[str] = "PLN-124"
    sentence: ClassVar[str] = "調査の結果は、締め切ったあとに見られます。"


class RoundTooSmall(TodokeError):
    """The smallest group is at least three persons."""

    code: ClassVar[str] = "PLN-125"
    sentence: ClassVar[str] = "結果を出す最小の人数は{least}人以上にしてください。"


class FindingSettled(TodokeError):
    """Something has already become of the finding."""

    code: ClassVar[str] = "PLN-126"
    sentence: ClassVar[str] = "この気づきはすでに扱いが決まっています。画面を読み込み直してください。"


class WorkshopUnknown(TodokeError):
    """No workshop of this body has that name."""

    code: ClassVar[str] = "PLN-127"
    sentence: ClassVar[str] = "このワークショップは見つかりません。一覧から選び直してください。"


class AssessmentUnknown(TodokeError):
    """No self-assessment of this body has that name."""

    code: ClassVar[str] = "PLN-128"
    sentence: ClassVar[str] = "この自己点検は見つかりません。一覧から選び直してください。"


class TextMissing(TodokeError):
    """A text that is needed is empty."""

    code: ClassVar[str] = "PLN-129"
    sentence: ClassVar[str] = "「{field}」を入力してください。"


class LinkCircle(TodokeError):
    """The link would make two items wait for each other."""

    code: ClassVar[str] = "PLN-130"
    sentence: ClassVar[str] = "この前後関係を入れると、互いに待ち合うことになります。向きを確かめてください。"
