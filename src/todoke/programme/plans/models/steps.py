"""The tools of step 0 and 1: survey, statements, workshops, self-assessments."""

import uuid

from django.db import models

from todoke.foundation.rows import OwnedRow
from todoke.programme.plans.values import FindingKind, FindingState


class SurveyRoundRow(OwnedRow):
    """One round of the anonymous staff survey. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=100)
    questionnaire = models.CharField(max_length=60)
    edition = models.CharField(max_length=40)
    smallest_group = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Listed by date."""

        verbose_name = "職員調査の回"


class SurveyCodeRow(OwnedRow):
    """One one-time code, by its SHA-256, for one group of staff. Says whether it was used, never when or by whom.

    Deleted when its round is closed.
    """

    round = models.ForeignKey(SurveyRoundRow, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, unique=True)
    is_used = models.BooleanField(default=False)

    class Meta(OwnedRow.Meta):
        """Asked for by hash."""

        verbose_name = "職員調査の回答コード"


class SurveyCountRow(OwnedRow):
    """How often one choice was made in one group. Single answers are nowhere kept: there is nothing to link. No personal data.

    The question "" counts the answers as a whole（`count`）and the codes that were issued（choice "issued"）.
    """

    round = models.ForeignKey(SurveyRoundRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.CharField(max_length=100)
    question = models.CharField(max_length=40, default="", blank=True)
    choice = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)

    class Meta(OwnedRow.Meta):
        """One counter for each choice."""

        verbose_name = "職員調査の集計"
        constraints = [
            models.UniqueConstraint(fields=["round", "group", "question", "choice"], name="survey_count_once")
        ]


class StatementRow(OwnedRow):
    """One version of the head's statement（首長のメッセージ）. Append-only; signed by the office, not by name."""

    number = models.PositiveIntegerField()
    office = models.CharField(max_length=60)
    text = models.TextField()
    stated_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Numbered within the body."""

        verbose_name = "首長のメッセージ"
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="statement_number")]


class WorkshopRow(OwnedRow):
    """One service-design workshop: participants counted by kind, never named. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=100)
    held_on = models.DateField()
    service = models.CharField(max_length=200)
    persona = models.TextField(default="", blank=True)
    stages = models.JSONField(default=list, blank=True)
    participants = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Listed by date."""

        verbose_name = "サービスデザインの記録"


class WorkshopFindingRow(OwnedRow):
    """One thing that a workshop found, and the item that was made of it. It names nobody."""

    workshop = models.ForeignKey(WorkshopRow, on_delete=models.PROTECT, related_name="findings")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=12, choices=FindingKind.choices())
    text = models.CharField(max_length=500)
    stage = models.CharField(max_length=100, default="", blank=True)
    state = models.CharField(max_length=12, choices=FindingState.choices())
    reason = models.CharField(max_length=500, default="", blank=True)
    item = models.UUIDField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Candidates are asked for."""

        verbose_name = "サービスデザインの気づき"


class AssessmentRow(OwnedRow):
    """One self-assessment: chosen levels and remarks by question. Append-only. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    held_on = models.DateField()
    questionnaire = models.CharField(max_length=60)
    edition = models.CharField(max_length=40)
    levels = models.JSONField(default=dict)
    remarks = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Listed by date."""

        verbose_name = "自己点検"
