"""Cases as the worklist reads them, and what happened to each."""

from django.db import models
from django.db.models import Q

from todoke.casework.identify.values import IdentityState
from todoke.casework.protection.values import CaseProtection
from todoke.foundation.audit.values import ActorKind
from todoke.foundation.rows import OwnedInOrder, OwnedRow

from .values import CaseStatus, EventKind, HandoverProgress, NoticeProgress


class Case(OwnedInOrder):
    """One application as the desk works on it: the worklist row, which lists, filters and search read alone.

    Personal data: name, kana, search text. Kept as long as the application. `version` grows with status, identity
    and hold, so that two clerks never overwrite each other; the mirrors of later stages do not touch it.

    `disposed_at`: since when nothing here says whose it was; status and identity are then empty, so that no filter and no
    count finds the row, and `ended_as` keeps the status in which it ended.
    """

    uuid = models.UUIDField(unique=True)
    application = models.OneToOneField("casework.Application", on_delete=models.PROTECT, related_name="+")
    receipt_number = models.CharField(max_length=40)
    channel = models.CharField(max_length=40)
    procedure = models.CharField(max_length=20)
    section = models.ForeignKey(
        "foundation.Section", on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    status = models.CharField(max_length=20, choices=CaseStatus.choices())
    version = models.PositiveIntegerField(default=1)
    applicant_name = models.CharField(max_length=200, default="", blank=True)
    applicant_kana = models.CharField(max_length=200, default="", blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    identity_state = models.CharField(max_length=12, choices=IdentityState.choices())
    signature_state = models.CharField(max_length=16)
    duplicate_kind = models.CharField(max_length=16)
    handover_state = models.CharField(max_length=12, choices=HandoverProgress.choices())
    hold_code = models.CharField(max_length=16, default="", blank=True)
    notice_state = models.CharField(max_length=12, choices=NoticeProgress.choices())
    findings_count = models.PositiveIntegerField(default=0)
    worst_severity = models.CharField(max_length=12, default="", blank=True)
    visit_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    is_resubmission = models.BooleanField(default=False)
    previous = models.ForeignKey(
        "casework.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="following",
        db_index=False,
    )
    search = models.TextField(default="", blank=True)
    protection = models.CharField(
        max_length=12, choices=CaseProtection.choices(), default=CaseProtection.NONE.value, db_default="none"
    )
    ended_as = models.CharField(max_length=20, default="", db_default="", blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedInOrder.Meta):
        """Every filter ends in the id, so that a page is one step in an index however deep it lies."""

        verbose_name = "申請（一覧の行）"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=list(CaseStatus)) | Q(status="", disposed_at__isnull=False),
                name="case_status_known",
            ),
            models.CheckConstraint(
                condition=Q(handover_state=HandoverProgress.HELD.value, hold_code__gt="")
                | ~Q(handover_state=HandoverProgress.HELD.value),
                name="case_hold_explained",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "id"], name="case_newest"),
            models.Index(fields=["organisation", "application"], name="case_of_application"),
            models.Index(fields=["organisation", "status", "id"], name="case_by_status"),
            models.Index(fields=["organisation", "procedure", "status", "id"], name="case_by_procedure"),
            models.Index(fields=["organisation", "identity_state", "id"], name="case_by_identity"),
            models.Index(fields=["organisation", "section", "id"], name="case_newest_of_section"),
            models.Index(fields=["organisation", "section", "status", "id"], name="case_by_section"),
            models.Index(
                fields=["organisation", "section", "identity_state", "id"], name="case_section_identity"
            ),
            models.Index(fields=["organisation", "handover_state", "id"], name="case_by_handover"),
            models.Index(fields=["organisation", "id"], name="case_held", condition=Q(hold_code__gt="")),
            models.Index(
                fields=["organisation", "section", "id"],
                name="case_held_in_section",
                condition=Q(hold_code__gt=""),
            ),
            models.Index(fields=["organisation", "receipt_number"], name="case_by_receipt"),
            models.Index(
                fields=["organisation", "visit_on"], name="case_by_visit", condition=Q(visit_on__isnull=False)
            ),
            models.Index(fields=["previous"], name="case_by_previous", condition=Q(previous__isnull=False)),
        ]


class CaseEvent(OwnedInOrder):
    """One thing that happened to a case（経過）. `note` may hold what a clerk wrote to the applicant: personal data.

    Never changed but for `notice_state`, which follows the telling of the event. Kept as long as the case.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", db_index=False)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices())
    actor_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=EventKind.choices())
    from_word = models.CharField(max_length=20, default="", blank=True)
    to_word = models.CharField(max_length=20, default="", blank=True)
    note = models.CharField(max_length=1000, default="", blank=True)
    notice_state = models.CharField(max_length=12, choices=NoticeProgress.choices())

    class Meta(OwnedInOrder.Meta):
        """What has to be told is found without reading the rest."""

        verbose_name = "申請の経過"
        indexes = [
            models.Index(
                fields=["organisation", "notice_state", "id"], name="event_to_tell",
                condition=Q(notice_state=NoticeProgress.DUE.value),
            ),
            models.Index(fields=["organisation", "id"], name="event_of_body"),
            models.Index(fields=["organisation", "case", "id"], name="event_of_case"),
        ]  # fmt: skip


class ReturnReason(OwnedRow):
    """One reason for which an applicant was asked to correct something（補正の理由）: code and field, never a value.

    Counted by procedure and field. Kept as long as the case.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="reasons", db_index=False)
    procedure = models.CharField(max_length=20)
    code = models.CharField(max_length=16)
    field = models.CharField(max_length=60, default="", blank=True)
    at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """Once per event; counted over a span of days."""

        verbose_name = "補正の理由"
        constraints = [
            models.UniqueConstraint(fields=["event", "code", "field"], name="return_reason_once"),
        ]
        indexes = [models.Index(fields=["organisation", "at"], name="return_reason_by_day")]


class ExportRequest(OwnedRow):
    """One long list that somebody asks to take away as a file, until a second person agrees（W23）.

    `query` is the list's own address with its filters; a search may name somebody. Kept as long as the audit.
    """

    uuid = models.UUIDField(unique=True)
    query = models.TextField(default="", blank=True)
    found = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    open_until = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)

    class Meta(OwnedRow.Meta):
        """Found by who asked."""

        verbose_name = "出力の申込み"
        indexes = [
            models.Index(fields=["organisation", "asked_by", "asked_at"], name="export_request_by_staff")
        ]
