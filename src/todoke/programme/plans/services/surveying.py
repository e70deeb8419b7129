"""The anonymous staff survey: rounds, one-time codes, answers that are counted and not kept.

Nothing says who answered what: a code carries only its group, an answer is added to counters in the moment that it comes,
and neither a time nor a line in the audit is written for it: with either, whoever sees who came when would know who said
what. The audit has the opening, the issue of codes and the close, with their numbers.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.fence import current_organisation
from todoke.programme.plans import queries
from todoke.programme.plans.errors import CodeInvalid, RoundTooSmall, RoundUnknown, TextMissing
from todoke.programme.plans.models import SurveyCodeRow, SurveyCountRow, SurveyRoundRow
from todoke.programme.plans.queries.steps import ANSWERED, ISSUED
from todoke.programme.plans.rules import questionnaires
from todoke.programme.plans.values import SurveyRound

from .writing import Hand

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread on paper
CODE_LENGTH = 12  # 31^12: about 59 bits
MOST_CODES = 20_000


@transaction.atomic
def open_round(
    viewer: Viewer, *, title: str, at: datetime, smallest_group: int = 5, questionnaire: str = "staff-survey",
    terminal: str = "",
) -> SurveyRound:  # fmt: skip
    """Open a round of the survey. Results of a group are shown only if at least `smallest_group` of it have answered.

    Raises RightMissing, TextMissing, RoundTooSmall below three, QuestionsUnreadable.
    """
    require(viewer, Right.EDIT_PLANS)
    if not title.strip():
        raise TextMissing(field="調査の名前")
    if smallest_group < questionnaires.LEAST_GROUP:
        raise RoundTooSmall(least=questionnaires.LEAST_GROUP)
    asked = queries.questionnaire(questionnaire)
    row = SurveyRoundRow.objects.create(
        organisation_id=current_organisation(), title=title.strip()[:100], questionnaire=asked.id, edition=asked.edition,
        smallest_group=smallest_group, opened_at=at,
    )  # fmt: skip
    Hand(viewer, at, terminal).record(
        "survey.opened", row.uuid, {"smallest_group": smallest_group}, kind="survey"
    )
    return queries.survey_round(row.uuid)


@transaction.atomic
def issue_codes(
    viewer: Viewer, uuid: UUID, *, numbers: Mapping[str, int], at: datetime, terminal: str = ""
) -> Mapping[str, tuple[str, ...]]:
    """Make so many one-time codes for each group（課）; they are shown this once and only their hashes are kept.

    Raises RightMissing, RoundUnknown（also when it is closed）, TextMissing.
    """
    require(viewer, Right.EDIT_PLANS)
    row = _open_row(uuid)
    wanted = {group.strip()[:100]: number for group, number in numbers.items() if number > 0}
    if not wanted or "" in wanted or sum(wanted.values()) > MOST_CODES:
        raise TextMissing(field="課ごとの人数")
    issued = {group: tuple(_code() for _ in range(number)) for group, number in wanted.items()}
    hashes = [(_hash(code), group) for group, codes in issued.items() for code in codes]
    rows = [
        SurveyCodeRow(organisation_id=current_organisation(), round=row, group=group, sha256=sha256)
        for sha256, group in sorted(hashes)  # in no order that says who got which
    ]
    SurveyCodeRow.objects.bulk_create(rows, batch_size=500)
    for group, codes in issued.items():
        _count(row, group, "", ISSUED, len(codes))
    Hand(viewer, at, terminal).record(
        "survey.codes_issued", row.uuid, {"codes": len(hashes), "groups": len(wanted)}, kind="survey"
    )
    return issued


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def _hash(code: str) -> str:
    return hashlib.sha256("".join(code.upper().replace("-", "").split()).encode()).hexdigest()


@transaction.atomic
def answer_survey(code: str, answers: Mapping[str, str]) -> None:
    """Count one member of staff's answers; nobody is asked who they are. The code is used up.

    Raises CodeInvalid for a code that is unknown or used or whose round is closed, AnswerMissing.
    """
    row = SurveyCodeRow.objects.select_related("round").filter(sha256=_hash(code)).first()
    if row is None or row.round.closed_at is not None:
        raise CodeInvalid
    asked = queries.questionnaire(row.round.questionnaire)
    chosen = questionnaires.check_answers(asked, answers)
    if not SurveyCodeRow.objects.filter(pk=row.pk, is_used=False).update(is_used=True):
        raise CodeInvalid
    _count(row.round, row.group, "", ANSWERED, 1)
    for question, choice in chosen.items():
        _count(row.round, row.group, question, choice, 1)


def _count(row: SurveyRoundRow, group: str, question: str, choice: str, number: int) -> None:
    counter, _ = SurveyCountRow.objects.get_or_create(
        organisation_id=current_organisation(), round=row, group=group, question=question, choice=choice
    )
    SurveyCountRow.objects.filter(pk=counter.pk).update(count=F("count") + number)


@transaction.atomic
def close_round(viewer: Viewer, uuid: UUID, *, at: datetime, terminal: str = "") -> SurveyRound:
    """Close a round: no code works any more and all are deleted; the results can be seen. Twice is once.

    Raises RightMissing, RoundUnknown.
    """
    require(viewer, Right.EDIT_PLANS)
    row = SurveyRoundRow.objects.select_for_update().filter(uuid=uuid).first()
    if row is None:
        raise RoundUnknown
    if row.closed_at is None:
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        SurveyCodeRow.objects.filter(round=row).delete()
        found = queries.survey_round(uuid)
        facts = {"answered": found.answered, "issued": found.issued}
        Hand(viewer, at, terminal).record("survey.closed", row.uuid, facts, kind="survey")
    return queries.survey_round(uuid)


def _open_row(uuid: UUID) -> SurveyRoundRow:
    row = SurveyRoundRow.objects.select_for_update().filter(uuid=uuid, closed_at=None).first()
    if row is None:
        raise RoundUnknown
    return row
