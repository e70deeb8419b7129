"""The tables of screening: contents, the attachments that have them, scans, sanitised copies, releases."""

from django.db import models
from django.db.models import Q

from todoke.foundation.rows import LeasedRow, OwnedInOrder, OwnedRow

from .values import CopyState, ScanOutcome, ScreeningState


class ScreenedContent(LeasedRow):
    """One content that came in, however often it was attached: it is looked into once per body. No personal data.

    `codes` are those that looking into it added, separated by blanks; `is_dangerous`: the look sealed it, whatever a
    scanner says; `sample` is one attachment with these bytes.
    """

    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    sample = models.ForeignKey(
        "casework.Attachment", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=12, choices=ScreeningState.choices())
    codes = models.CharField(max_length=200, default="", blank=True)
    needs_look = models.BooleanField(default=False)
    is_dangerous = models.BooleanField(default=False)
    noted_at = models.DateTimeField()
    screened_at = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        """Equal bytes are one content per body（A14）."""

        verbose_name = "検査する内容"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="content_screened_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ScreeningState]), name="content_state_known"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="content_due")]


class Screening(OwnedInOrder):
    """How one attachment stands: its own state, drawn from its content, its name's findings, its copy and release.

    `codes` are what intake found on it; `holds_numbers` is a clerk's mark: the file shows 個人番号. No personal data.
    """

    attachment = models.OneToOneField("casework.Attachment", on_delete=models.PROTECT, related_name="+")
    content = models.ForeignKey("casework.ScreenedContent", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ScreeningState.choices())
    codes = models.CharField(max_length=200, default="", blank=True)
    since = models.DateTimeField()
    holds_numbers = models.BooleanField(default=False)
    marked_by = models.CharField(max_length=64, default="", blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)

    class Meta(OwnedInOrder.Meta):
        """The newest attachment taken up is asked for; the sealed ones are listed."""

        verbose_name = "添付の検査"
        indexes = [
            models.Index(fields=["organisation", "attachment"], name="screening_taken_up"),
            models.Index(fields=["organisation", "id"], condition=Q(state="sealed"), name="screening_sealed"),
        ]


class ScanResult(OwnedRow):
    """One answer of a malware scanner about one content: engine, age of its signatures, outcome. No personal data."""

    content = models.ForeignKey("casework.ScreenedContent", on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=80)
    signatures = models.CharField(max_length=40, default="", blank=True)
    signatures_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=ScanOutcome.choices())
    found = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """The newest of a content counts."""

        verbose_name = "ウイルス検査の結果"


class SanitisedCopy(LeasedRow):
    """The copy that is shown instead of a doubtful original, or why there is none. The original is never changed.

    Its bytes lie in the vault and may be personal data; kept as long as the original.
    """

    content = models.OneToOneField("casework.ScreenedContent", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=CopyState.choices())
    blob = models.ForeignKey(
        "foundation.Blob", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=32, default="", blank=True)
    size = models.BigIntegerField(default=0)
    sha256_before = models.CharField(max_length=64)
    sha256_after = models.CharField(max_length=64, default="", blank=True)
    pages_before = models.PositiveIntegerField(default=0)
    pages_after = models.PositiveIntegerField(default=0)
    tool = models.CharField(max_length=100, default="", blank=True)
    is_partial = models.BooleanField(default=False)
    code = models.CharField(max_length=16, default="", blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta(LeasedRow.Meta):
        """A copy that was made has bytes; one that was not has a code."""

        verbose_name = "無害化した写し"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=CopyState.MADE.value) | Q(blob__isnull=False), name="copy_made_has_bytes"
            ),
            models.CheckConstraint(
                condition=~Q(state=CopyState.NOT_MADE.value) | ~Q(code=""), name="copy_not_made_has_code"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="copy_due")]


class AttachmentRelease(OwnedRow):
    """A sealed original that two persons opened to the desk: for what was shown to them, and for nothing else.

    `shown_hash` is of the attachment's SHA-256 and its codes: another code later, and the release is void.
    """

    screening = models.ForeignKey("casework.Screening", on_delete=models.PROTECT, related_name="+")
    proposal = models.CharField(max_length=64)
    shown_hash = models.CharField(max_length=64)
    codes = models.CharField(max_length=200, default="", blank=True)
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=64)

    class Meta(OwnedRow.Meta):
        """Once per what was shown."""

        verbose_name = "添付原本の開示"
        constraints = [
            models.UniqueConstraint(fields=["screening", "shown_hash"], name="attachment_released_once")
        ]
