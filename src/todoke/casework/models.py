"""Gathers the tables of the casework stages for Django."""

from .cases.models import Case, CaseEvent
from .handover.models import Batch, CoreLedgerRow, CoreSystem, Handover, Substitute, UnexpectedReceipt
from .identify.models import IdentityLink, LinkGeneration, PartyRow
from .intake.models import Application, Attachment, FindingRow, Quarantine
from .relay.models import Channel, Package, RelayRun, Watermark

__all__ = [
    "Application", "Attachment", "Batch", "Case", "CaseEvent", "Channel", "CoreLedgerRow", "CoreSystem",
    "FindingRow", "Handover", "IdentityLink", "LinkGeneration", "Package", "PartyRow", "Quarantine", "RelayRun",
    "Substitute", "UnexpectedReceipt", "Watermark",
]  # fmt: skip
