"""The nouns of figures: what a day's file says of one application."""

from dataclasses import dataclass
from datetime import date

from todoke.foundation.labels import Labelled

KIND = "casework.events"  # of the files of the exchange
FORMAT = "todoke-case-events/1"
EVENTS_PER_FILE = 5_000  # about 1.1 MB


class Entry(Labelled):
    """How an application that was made online came here."""

    ONLINE = "online", "自動の受信"
    BY_HAND = "by_hand", "職員による取込"


@dataclass(frozen=True, slots=True)
class CaseFigure:
    """What is counted of one application. No personal data; `event_id` is opaque and says nothing to who has no key.

    `answered_on`: 完了 or 却下; `business_days` are the 執務日 after `received_on` up to it. `identities_by_person`:
    parties whom persons identified; `handovers_by_person`: holds of the hand-over that a person released;
    `typed_entries`: statuses typed into the portal, and cases typed into the core system（方式1）, or still to be typed.
    """

    event_id: str
    procedure: str
    received_on: date
    answered_on: date | None
    business_days: int | None
    entry: Entry
    identities_by_person: int
    handovers_by_person: int
    typed_entries: int


@dataclass(frozen=True, slots=True)
class ToldDay:
    """A day and what was written of it: the newest revision（0: none yet）, of how many events, in how many files."""

    day: date
    revision: int
    events: int
    parts: int
    is_due: bool
