"""Gathers the tables of the casework stages for Django."""

from .cases.models import Case, CaseEvent, ExportRequest, ReturnReason
from .daily.models import DailyReportRow
from .disposal.models import DisposalItem, DisposalRun, LegalHoldRow
from .figures.models import CaseFigureRow, FigureDayRow, FiguresMarkRow
from .handover.models import Batch, CoreLedgerRow, CoreSystem, Handover, Substitute, UnexpectedReceipt
from .identify.models import DecisionRow, IdentityLink, LinkGeneration, NumberSerial, PartyRow
from .intake.models import (
    Application,
    Attachment,
    EvidenceCertificate,
    EvidenceRecord,
    FindingRow,
    Quarantine,
)
from .protection.models import ProtectedPersonRow
from .relay.models import Channel, Package, RecordedCheckRow, RelayRun, Watermark
from .residents.models import ResidentGeneration, ResidentRecord
from .screening.models import AttachmentRelease, SanitisedCopy, ScanResult, ScreenedContent, Screening
from .trust.models import RevocationChoiceRow

__all__ = [
    "Application", "Attachment", "AttachmentRelease", "Batch", "Case", "CaseEvent", "CaseFigureRow", "Channel", "CoreLedgerRow",
    "CoreSystem", "DailyReportRow", "DecisionRow", "DisposalItem", "DisposalRun", "EvidenceCertificate", "EvidenceRecord",
    "ExportRequest", "FigureDayRow", "FiguresMarkRow", "FindingRow", "Handover",
    "IdentityLink", "LegalHoldRow", "LinkGeneration", "NumberSerial", "Package", "PartyRow", "ProtectedPersonRow", "Quarantine",
    "RecordedCheckRow", "RelayRun", "ResidentGeneration", "ResidentRecord", "ReturnReason",
    "RevocationChoiceRow", "SanitisedCopy", "ScanResult", "ScreenedContent", "Screening", "Substitute",
    "UnexpectedReceipt", "Watermark",
]  # fmt: skip
