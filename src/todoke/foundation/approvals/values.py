"""The nouns of deciding in two steps: who proposed what, to whom it was shown, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from todoke.foundation.canonical import sha256, words_of
from todoke.foundation.labels import Labelled


class ProposalState(Labelled):
    """提案の状態."""

    OPEN = "open", "確認待ち"
    CONFIRMED = "confirmed", "確認済み"
    REFUSED = "refused", "差し戻し"
    WITHDRAWN = "withdrawn", "取下げ"
    EXPIRED = "expired", "期限切れ"
    OVERTAKEN = "overtaken", "内容の変更により無効"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One decision that a person made and another has yet to confirm, or has ended.

    `kind` is the caller's word（"identity.decision"）; `shown_hash` is the hash of exactly what the page showed.
    `made_by` and `ended_by` are ids of staff（or of a command）, never names.
    """

    id: int
    uuid: UUID
    kind: str
    object_kind: str
    object_id: str
    shown_hash: str
    reason: str
    state: ProposalState
    made_by: str
    made_at: datetime
    expires_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None

    def is_open_at(self, at: datetime) -> bool:
        """Whether somebody may still confirm it."""
        return self.state is ProposalState.OPEN and at < self.expires_at


@dataclass(frozen=True, slots=True)
class Confirmer:
    """The person who would confirm, as far as the rule must know.

    `may_alone`: a one-person office has allowed it. `was_enabled_by_maker`: within the last 24 hours the maker
    appointed this person, gave a role, or made a link to sign in.
    """

    id: str
    is_staff: bool
    may_alone: bool
    was_enabled_by_maker: bool


@dataclass(frozen=True, slots=True)
class LoneConfirmation:
    """Who may confirm which kind of decision alone, since when, allowed by whom."""

    kind: str
    staff_id: int
    allowed_at: datetime
    allowed_by: str


def hash_of_shown(shown: Mapping[str, object]) -> str:
    """SHA-256 (hex) over what a page shows: names and JSON values, whatever their order."""
    return sha256(words_of(shown))
