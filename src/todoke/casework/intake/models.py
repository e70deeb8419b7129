"""The tables of intake: applications, attachments, findings, quarantine."""

from django.db import models
from django.db.models import Q

from todoke.foundation.rows import LeasedRow, OwnedInOrder, OwnedRow

from .values import AttachmentState, DuplicateKind, NextStep, Severity, SignatureState


class Application(LeasedRow):
    """One accepted application: searched columns and the whole A票/B票 as one JSON document.

    Its number is that of its package. Personal data: names, serials, the document. Kept as long as the 原本.
    """

    uuid = models.UUIDField(unique=True)
    package = models.OneToOneField("casework.Package", on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        "casework.Channel", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    receipt_number = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    procedure = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    applied_at = models.DateTimeField()
    portal_received_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    serial_text = models.CharField(max_length=100, default="", blank=True)
    serial = models.CharField(max_length=40, default="", blank=True)
    issuer_key = models.CharField(max_length=128, default="", blank=True)
    applicant_key = models.CharField(max_length=170, default="", blank=True)
    signature_state = models.CharField(max_length=16, choices=SignatureState.choices())
    signature_reason = models.CharField(max_length=16, default="", blank=True)
    signer_issuer_key = models.CharField(max_length=128, default="", blank=True)
    signer_serial = models.CharField(max_length=40, default="", blank=True)
    duplicate_kind = models.CharField(max_length=16, choices=DuplicateKind.choices())
    duplicate_of = models.ForeignKey(
        "casework.Package", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    previous = models.ForeignKey(
        "casework.Package", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    hold_codes = models.CharField(max_length=100, default="", blank=True)
    layout = models.CharField(max_length=200)
    layout_edition = models.CharField(max_length=100)
    document = models.TextField()
    next_step = models.CharField(max_length=12, choices=NextStep.choices())
    signed_digest = models.CharField(max_length=64, default="", db_default="", blank=True)

    class Meta(LeasedRow.Meta):
        """One application per package; the ways to duplicates, and to what a later stage takes up."""

        verbose_name = "申請"
        indexes = [
            models.Index(fields=["organisation", "next_step", "due_at"], name="application_due"),
            models.Index(fields=["organisation", "content_hash"], name="application_content"),
            models.Index(fields=["organisation", "receipt_number"], name="application_receipt"),
            models.Index(
                fields=["organisation", "applicant_key"],
                condition=~Q(applicant_key=""),
                name="application_person",
            ),
            models.Index(
                fields=["organisation", "signed_digest"],
                condition=~Q(signed_digest=""),
                name="application_signed",
            ),
        ]


class Attachment(OwnedInOrder):
    """One attached file: a reference into the stored original, never a copy. Its label may be personal data."""

    application = models.ForeignKey(
        "casework.Application", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    raw_name = models.CharField(max_length=2000)
    kind = models.CharField(max_length=32)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    method = models.PositiveSmallIntegerField()
    data_offset = models.BigIntegerField()
    compressed_size = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=AttachmentState.choices())
    code = models.CharField(max_length=16, default="", blank=True)

    class Meta(OwnedInOrder.Meta):
        """In the order of the archive."""

        verbose_name = "添付ファイル"
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="attachment_position_once")
        ]
        indexes = [models.Index(fields=["organisation", "id"], name="attachment_of_body")]


class FindingRow(OwnedInOrder):
    """One finding on a package, accepted or not. Facts hold no personal data."""

    package = models.ForeignKey(
        "casework.Package", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(max_length=16)
    severity = models.CharField(max_length=8, choices=Severity.choices())
    where = models.CharField(max_length=200, default="", blank=True)
    facts = models.TextField(default="{}")

    class Meta(OwnedInOrder.Meta):
        """Read by package."""

        verbose_name = "指摘"
        indexes = [models.Index(fields=["organisation", "package"], name="finding_of_package")]


class Quarantine(OwnedRow):
    """One stay of a package in quarantine: why, since when, and who let it be processed again. No personal data."""

    package = models.ForeignKey("casework.Package", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    facts = models.TextField(default="{}")
    portal_received_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=64, default="", blank=True)

    class Meta(OwnedRow.Meta):
        """One open stay at a time."""

        verbose_name = "隔離"
        constraints = [
            models.UniqueConstraint(
                fields=["package"], condition=Q(released_at__isnull=True), name="quarantine_open_once"
            ),
        ]


class EvidenceCertificate(OwnedRow):
    """One certificate that some evidence names by its hash. Personal data: a signer's names the person. Kept as evidence is."""

    sha256 = models.CharField(max_length=64)
    der = models.BinaryField()

    class Meta(OwnedRow.Meta):
        """Each certificate once per body, however many packages it signed."""

        verbose_name = "証拠の証明書"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="evidence_certificate_once")
        ]


class EvidenceRecord(OwnedRow):
    """One judgement of one package as canonical JSON: what was verified, by what and with what result.

    Personal data: the serial and issuer key of the signer, which identify a person; reading it is audited. Its hash
    stands in the audit entry of the settlement. A later judgement adds a row. Kept as the 原本 is.
    """

    package = models.ForeignKey("casework.Package", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    document = models.TextField()
    made_at = models.DateTimeField()

    class Meta(OwnedRow.Meta):
        """Read by package, the newest last."""

        verbose_name = "検証の記録"
