"""Gathers the tables of the foundation's stages for Django."""

from .accounts.models import (
    DeskSession,
    OneTimeLink,
    RecoveryCode,
    RoleGrant,
    SecondFactor,
    SignInName,
    SignInTries,
    Staff,
    UseCount,
)
from .approvals.models import LoneConfirmer, ProposalRow
from .audit.models import AuditEntry, AuditLink, AuditSeal
from .backup.models import BackupRecord, Release, Restoration
from .organisations.models import Organisation, Section
from .outbox.models import OutboxMessage
from .procedures.models import ProcedureDesk
from .vault.models import Blob

__all__ = [
    "AuditEntry", "AuditLink", "AuditSeal", "BackupRecord", "Blob", "DeskSession", "LoneConfirmer", "OneTimeLink",
    "Organisation", "OutboxMessage", "ProcedureDesk", "ProposalRow", "RecoveryCode", "Release", "Restoration", "RoleGrant",
    "SecondFactor", "Section", "SignInName", "SignInTries", "Staff", "UseCount",
]  # fmt: skip
