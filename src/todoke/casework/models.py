"""Gathers the tables of the casework stages for Django."""

from .cases.models import Case, CaseEvent
from .handover.models import Batch, CoreLedgerRow, CoreSystem, Handover, Substitute, UnexpectedReceipt
from .identify.models import IdentityLink, LinkGeneration, PartyRow
from .intake.models import (
    Application,
    Attachment,
    EvidenceCertificate,
    EvidenceRecord,
    FindingRow,
    Quarantine,
)
from .relay.models import Channel, Package, RecordedCheckRow, RelayRun, Watermark
from .screening.models import AttachmentRelease, SanitisedCopy, ScanResult, ScreenedContent, Screening
from .trust.models import RevocationChoiceRow

__all__ = [
    "Application", "Attachment", "AttachmentRelease", "Batch", "Case", "CaseEvent", "Channel", "CoreLedgerRow",
    "CoreSystem", "EvidenceCertificate", "EvidenceRecord", "FindingRow", "Handover", "IdentityLink",
    "LinkGeneration", "Package", "PartyRow", "Quarantine", "RecordedCheckRow", "RelayRun", "RevocationChoiceRow",
    "SanitisedCopy", "ScanResult", "ScreenedContent", "Screening", "Substitute", "UnexpectedReceipt", "Watermark",
]  # fmt: skip
