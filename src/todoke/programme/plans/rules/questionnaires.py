"""Questions as data, what may be said of a survey without saying who said what, and the scores of a self-assessment."""

from collections.abc import Mapping, Sequence
from typing import Any

from todoke.programme.plans.errors import AnswerMissing
from todoke.programme.plans.values import (
    AskedQuestion,
    AssessmentScore,
    GroupResult,
    QuestionChoice,
    Questionnaire,
    Tally,
)

LEAST_GROUP = 3  # below three, one of two knows what the other said
ALL = "全職員"
Counts = Mapping[str, Mapping[str, int]]  # question → choice → how often


def read_questionnaire(name: str, document: Mapping[str, Any]) -> Questionnaire:  # checked by the schema
    """The questions of a checked document. Raises ValueError for an id or a code given twice."""
    choices = tuple(
        QuestionChoice(one["code"], one["label"], one.get("score")) for one in document["choices"]
    )
    questions = tuple(
        AskedQuestion(one["id"], one["group"], one["text"], choices, one.get("cites", ""))
        for one in document["questions"]
    )
    for codes in ([one.code for one in choices], [one.id for one in questions]):
        if len(set(codes)) < len(codes):
            raise ValueError("a code stands twice")
    return Questionnaire(
        name, document["title"], document["edition"], questions, document["source"], document["official"],
        document.get("intro", ""),
    )  # fmt: skip


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Mapping[str, str]:
    """Exactly one known choice for every question. Raises AnswerMissing."""
    found = {one.id: answers.get(one.id, "") for one in questionnaire.questions}
    for one in questionnaire.questions:
        if one.choice(found[one.id]) is None:
            raise AnswerMissing(question=one.id)
    return found


def shown_groups(answered: Mapping[str, int], smallest: int) -> frozenset[str]:
    """The groups whose results may be shown: large enough, and leaving no small rest to be worked out by subtraction.

    Whoever knows the total and all groups but some knows the sum of those: unless it is nobody, it must be large enough.
    """
    shown = {group for group, count in answered.items() if count >= smallest}
    while shown:
        rest = sum(count for group, count in answered.items() if group not in shown)
        if rest == 0 or rest >= smallest:
            return frozenset(shown)
        shown.remove(min(shown, key=lambda group: (answered[group], group)))
    return frozenset()


def group_result(questionnaire: Questionnaire, group: str, answered: int, counts: Counts) -> GroupResult:
    """The result of a group that may be shown."""
    tallies = tuple(_tally(one, counts.get(one.id, {})) for one in questionnaire.questions)
    return GroupResult(group, answered, tallies)


def hidden(group: str) -> GroupResult:
    """The result of a group that may not be shown: not even how many answered."""
    return GroupResult(group, None, (), is_hidden=True)


def _tally(question: AskedQuestion, counts: Mapping[str, int]) -> Tally:
    full = {one.code: counts.get(one.code, 0) for one in question.choices}
    scored = [
        (one.score, full[one.code]) for one in question.choices if one.score is not None and full[one.code]
    ]
    number = sum(count for _, count in scored)
    mean = sum(score * count for score, count in scored) / number if number else None
    return Tally(question.id, full, mean)


def scores(questionnaire: Questionnaire, levels: Mapping[str, str]) -> tuple[AssessmentScore, ...]:
    """The scores of a self-assessment by heading. A question without an answer counts nothing, and is counted."""
    return tuple(_score(questionnaire, group, levels) for group in questionnaire.groups)


def _score(questionnaire: Questionnaire, group: str, levels: Mapping[str, str]) -> AssessmentScore:
    mine: Sequence[AskedQuestion] = [one for one in questionnaire.questions if one.group == group]
    chosen = [one.choice(levels.get(one.id, "")) for one in mine]
    most = sum(max(choice.score or 0 for choice in one.choices) for one in mine)
    return AssessmentScore(
        group,
        sum(one.score or 0 for one in chosen if one is not None),
        most,
        sum(1 for one in chosen if one is None),
    )
