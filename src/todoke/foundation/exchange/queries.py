"""Questions about the exchange."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from todoke.foundation import leases
from todoke.foundation.canonical import sha256 as sha256
from todoke.foundation.fence import current_organisation

from . import rules
from .models import ExchangePeer, IncomingFile, OutgoingFile
from .rules import key_in as key_in
from .values import Gap, IncomingState, OutgoingState, Peer, Signed


def peers() -> list[Peer]:
    """Whose keys the body in scope believes, ended ones too."""
    rows = ExchangePeer.objects.order_by("peer", "since")
    return [Peer(row.peer, row.public_key, row.since, row.until) for row in rows]


def handed_on(contents: Iterable[str], *, recipient: str) -> list[Signed]:
    """Files that another body was sent and handed on to the one in scope as they are; one question for all of them.

    Raises FileBroken, NotForUs, SenderUnknown, SignatureWrong: whoever handed them on has changed something.
    """
    believed: dict[str, list[Peer]] = {}
    for peer in peers():
        believed.setdefault(peer.code, []).append(peer)
    return [rules.handed_on(one, recipient=recipient, peers=believed) for one in contents]


def key_file(organisation: str) -> Path:
    """Where a body's own key lies: beside the master key, and saved with it by `todoke backup`."""
    return Path(settings.TODOKE_MASTER_KEY_FILE).with_name(f"exchange-{organisation}.key")


def public_key() -> str:
    """The public key of the body in scope, to be told to others; empty while it has none."""
    path = key_file(current_organisation())
    return rules.public_key_of(bytes.fromhex(path.read_text())) if path.exists() else ""


def waiting(kinds: Sequence[str]) -> int:
    """How many files of these kinds wait to be taken."""
    return IncomingFile.objects.filter(kind__in=kinds, state=IncomingState.WAITING.value).count()


def next_due(kinds: Sequence[str]) -> datetime | None:
    """When the next file is to be written out, or one of these kinds is to be taken."""
    asked: dict[str, str | Sequence[str]] = {"kind__in": list(kinds), "state": IncomingState.WAITING.value}
    moments = [
        leases.next_due(OutgoingFile, where={"state": OutgoingState.READY.value}),
        leases.next_due(IncomingFile, where=asked) if kinds else None,
    ]
    return min((one for one in moments if one is not None), default=None)


def has_arrived(organisation: str) -> bool:
    """Whether a file lies in a body's folder; needs no scope."""
    folder = inbox(organisation)
    return folder.is_dir() and next(folder.glob("*.json"), None) is not None


def inbox(organisation: str) -> Path:
    """The folder in which files for a body arrive."""
    return Path(settings.TODOKE_EXCHANGE_IN) / organisation


def refused() -> list[tuple[str, str, int, str]]:
    """(sender, kind, number, code) of files that were refused after they had been verified, newest first."""
    rows = IncomingFile.objects.filter(state=IncomingState.REFUSED.value).order_by("-pk")[:200]
    return list(rows.values_list("sender", "kind", "number", "code"))


def gaps() -> list[Gap]:
    """Which numbers of which sender have not arrived though later ones have."""
    return rules.gaps(IncomingFile.objects.values_list("sender", "kind", "number"))
