"""Gathers the tables of the foundation's stages for Django."""

from .accounts.models import (
    OneTimeLink,
    RoleGrant,
    SignInName,
    SignInTries,
    Staff,
    UseCount,
)
from .approvals.models import LoneConfirmer, ProposalRow
from .audit.models import AuditEntry, AuditLink, AuditSeal
from .backup.models import BackupRecord, Release, Restoration
from .entrance.models import DeskSession, RecoveryCode, SecondFactor
from .exchange.models import ExchangePeer, IncomingFile, OutgoingFile
from .moving.models import BodyMove
from .organisations.models import Organisation, Section
from .outbox.models import OutboxMessage
from .procedures.models import ProcedureDesk
from .vault.models import Blob, DamagedOriginal, Reread

__all__ = [
    "AuditEntry", "AuditLink", "AuditSeal", "BackupRecord", "Blob", "BodyMove", "DamagedOriginal", "DeskSession", "ExchangePeer",
    "IncomingFile", "LoneConfirmer", "OneTimeLink", "Organisation", "OutboxMessage", "OutgoingFile",
    "ProcedureDesk", "ProposalRow", "RecoveryCode", "Release", "Reread", "Restoration", "RoleGrant", "SecondFactor",
    "Section", "SignInName", "SignInTries", "Staff", "UseCount",
]  # fmt: skip
