"""Gathers the tables of the foundation's stages for Django."""

from .accounts.models import OneTimeLink, RoleGrant, SignInName, SignInTries, Staff, UseCount
from .approvals.models import LoneConfirmer, ProposalRow
from .audit.models import AuditEntry, AuditLink, AuditSeal
from .backup.models import BackupRecord, Release, Restoration
from .organisations.models import Organisation, Section
from .outbox.models import OutboxMessage
from .procedures.models import ProcedureDesk
from .vault.models import Blob

__all__ = [
    "AuditEntry", "AuditLink", "AuditSeal", "BackupRecord", "Blob", "LoneConfirmer", "OneTimeLink",
    "Organisation", "OutboxMessage", "ProcedureDesk", "ProposalRow", "Release", "Restoration", "RoleGrant",
    "Section", "SignInName", "SignInTries", "Staff", "UseCount",
]  # fmt: skip
