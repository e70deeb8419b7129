"""What was submitted and received, asked and answered, supported, published. A town's own tables are never among them."""

import uuid

from django.db import models

from todoke.foundation.rows import OwnedRow

from .values import EnquiryState, SubmissionSource, SubmissionState, SupportKind, SupportState


class SentSubmissionRow(OwnedRow):
    """One submission of this body. Kept for good, withdrawn or not. No personal data but the id of who sent it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    plan = models.UUIDField()
    recipient = models.CharField(max_length=6)
    number = models.PositiveIntegerField()
    pack = models.CharField(max_length=200)
    edition = models.CharField(max_length=80)
    release = models.PositiveIntegerField()
    as_of = models.DateField()
    done = models.PositiveIntegerField()
    out_of_scope = models.PositiveIntegerField()
    working = models.PositiveIntegerField()
    not_started = models.PositiveIntegerField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta(OwnedRow.Meta):
        """Each number once."""

        verbose_name = "提出の控え"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "recipient", "number"], name="sent_submission_once"
            )
        ]


class PublicationRow(OwnedRow):
    """One imported official publication with the report of what did not fit. No personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    layout = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    as_of = models.DateField()
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    bodies = models.PositiveIntegerField()
    misfits = models.JSONField(default=list, blank=True)
    misfit_counts = models.JSONField(default=dict, blank=True)
    values = models.TextField(default="", blank=True)
    taken_by = models.CharField(max_length=64)
    taken_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """Each file once per layout."""

        verbose_name = "公表資料の取込み"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "layout", "sha256"], name="publication_once")
        ]


class SubmissionRow(OwnedRow):
    """One submission of another body as this one received it. Kept for good, superseded or withdrawn. No personal data.

    `document` is the zlib-packed snapshot; empty where only the withdrawal has arrived. `signed` and `withdrawal` are the
    subject's own signed files, packed, as the nation is to see them; `signer_key` is the key of the first of them, and
    `is_new_key` says that another one signed before. `forwarded_state` is the state that the nation was told last. The
    number is that of the subject's own file.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    subject = models.CharField(max_length=6)
    name = models.CharField(max_length=100)
    sender = models.CharField(max_length=6)
    source = models.CharField(max_length=10, choices=SubmissionSource.choices())
    publication = models.ForeignKey(
        PublicationRow, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    number = models.PositiveIntegerField()
    pack = models.CharField(max_length=200, default="", blank=True)
    edition = models.CharField(max_length=80, default="", blank=True)
    release = models.PositiveIntegerField(default=0)
    as_of = models.DateField()
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=SubmissionState.choices())
    done = models.PositiveIntegerField(default=0)
    out_of_scope = models.PositiveIntegerField(default=0)
    working = models.PositiveIntegerField(default=0)
    not_started = models.PositiveIntegerField(default=0)
    weighted_permille = models.PositiveSmallIntegerField(null=True, blank=True)
    stale_permille = models.PositiveSmallIntegerField(null=True, blank=True)
    p50 = models.DateField(null=True, blank=True)
    p80 = models.DateField(null=True, blank=True)
    chance_permille = models.PositiveSmallIntegerField(null=True, blank=True)
    document = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    signed = models.BinaryField(default=b"", blank=True)
    withdrawal = models.BinaryField(default=b"", blank=True)
    signer_key = models.CharField(max_length=64, default="", blank=True)
    is_new_key = models.BooleanField(default=False)
    forwarded_state = models.CharField(max_length=10, default="", blank=True)
    forwarded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Each number of a body once; the way to the current ones."""

        verbose_name = "受けた提出"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject", "source", "number"], name="submission_once"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "source", "pack", "state"], name="submission_current")
        ]


class ComparedRow(OwnedRow):
    """How one current submission reads in one edition in use: counted once, when it arrives; removed with its currency.

    `concepts` is JSON, per 事務 [done, out of scope, working, not started, unknown]; `states` JSON, the letters.
    """

    submission = models.ForeignKey(SubmissionRow, on_delete=models.PROTECT, related_name="compared")
    edition = models.CharField(max_length=80)
    release = models.PositiveIntegerField()
    done = models.PositiveIntegerField()
    out_of_scope = models.PositiveIntegerField()
    working = models.PositiveIntegerField()
    not_started = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField()
    concepts = models.TextField()
    states = models.TextField()

    class Meta(OwnedRow.Meta):
        """Once per edition."""

        verbose_name = "版をそろえた提出"
        constraints = [
            models.UniqueConstraint(fields=["submission", "edition", "release"], name="compared_once")
        ]


class SummedRow(OwnedRow):
    """What all current submissions say together in one edition, for the page of many bodies; a copy that can be made anew.

    It is removed with the first submission that comes or goes, and made again when no file waits. No personal data.
    """

    source = models.CharField(max_length=10, choices=SubmissionSource.choices())
    pack = models.CharField(max_length=200)
    edition = models.CharField(max_length=80)
    release = models.PositiveIntegerField()
    document = models.TextField()

    class Meta(OwnedRow.Meta):
        """Once per edition."""

        verbose_name = "集計の控え"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "pack", "edition", "release"], name="summed_once"
            )
        ]


class ForwardRuleRow(OwnedRow):
    """One choice of whether submissions are forwarded without a person; the newest counts. Append-only."""

    is_automatic = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """In their order."""

        verbose_name = "国への送付の決まり"


class EnquiryRow(OwnedRow):
    """One enquiry that this body made. Its fields ask for no personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField(default="", blank=True)
    fields = models.JSONField(default=list)
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """By due date."""

        verbose_name = "照会"
        indexes = [models.Index(fields=["organisation", "due_on"], name="enquiry_due")]


class EnquiryTargetRow(OwnedRow):
    """One body that an enquiry of ours was sent to, and its answer. No personal data."""

    enquiry = models.ForeignKey(EnquiryRow, on_delete=models.PROTECT, related_name="targets")
    body = models.CharField(max_length=6)
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=EnquiryState.choices())
    answers = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, default="", blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Each body once."""

        verbose_name = "照会先"
        constraints = [models.UniqueConstraint(fields=["enquiry", "body"], name="enquiry_target_once")]


class ReceivedEnquiryRow(OwnedRow):
    """One enquiry of another body that this one is to answer. No personal data; answers are the body's, not a person's."""

    uuid = models.UUIDField()
    asker = models.CharField(max_length=6)
    title = models.CharField(max_length=200)
    text = models.TextField(default="", blank=True)
    fields = models.JSONField(default=list)
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=EnquiryState.choices())
    answers = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=64, default="", blank=True)
    reason = models.CharField(max_length=400, default="", blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """Each enquiry once."""

        verbose_name = "受けた照会"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "asker", "uuid"], name="received_enquiry_once")
        ]


class SupportRow(OwnedRow):
    """One entry of the 市区町村支援台帳 of this prefecture. Names firms and bodies, no persons."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=12, choices=SupportKind.choices())
    state = models.CharField(max_length=8, choices=SupportState.choices())
    body = models.CharField(max_length=6)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    item = models.CharField(max_length=200, default="", blank=True)
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)
    outcome = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """By body."""

        verbose_name = "市区町村支援台帳"
        indexes = [models.Index(fields=["organisation", "body", "begins"], name="support_of_body")]
