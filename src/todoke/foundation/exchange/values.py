"""The nouns of the exchange: a file as it travels, whom one believes, and what became of each file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from todoke.foundation.labels import Labelled

FORMAT = "todoke-exchange/1"
LARGEST_FILE = 32 * 1024 * 1024  # bytes; a month of a whole prefecture is below a tenth of it


class OutgoingState(Labelled):
    """What became of a file that we made."""

    READY = "ready", "送付待ち"
    SENT = "sent", "送付済み"


class IncomingState(Labelled):
    """What became of a file that arrived."""

    WAITING = "waiting", "取込み待ち"
    TAKEN = "taken", "取込み済み"
    REFUSED = "refused", "取り込まない"


def fingerprint_of(public_key: str) -> str:
    """What two people compare by telephone: the first 16 digits of a key, in fours."""
    digits = public_key.strip().lower()
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4)).strip()


@dataclass(frozen=True, slots=True)
class Letter:
    """What one file says: of which kind, from whom to whom, its number among those, as of which day, made when, and what.

    Numbers count from 1 per sender, recipient and kind, so that a missing file shows. `body` is JSON.
    """

    kind: str
    sender: str
    recipient: str
    number: int
    as_of: date
    made_at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter that arrived and was verified, waiting to be taken by the stage of its kind; `id` for taking it.

    `content` is the signed file, to be kept or handed on as it is.
    """

    id: int
    fence: int
    attempts: int
    letter: Letter
    sha256: str
    received_at: datetime
    content: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A file that another body was sent and handed on as it was, its signature verified; by which key, and if we know it."""

    letter: Letter
    key: str
    is_believed: bool
    content: str


@dataclass(frozen=True, slots=True)
class Peer:
    """A body whose files are believed: its code, its public key (Ed25519, 64 hex digits), since when, until when."""

    code: str
    public_key: str
    since: datetime
    until: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """What two people compare by telephone."""
        return fingerprint_of(self.public_key)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of one sender and kind that have not arrived though later ones have."""

    sender: str
    kind: str
    missing: tuple[int, ...]
