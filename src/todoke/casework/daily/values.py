"""The nouns of the daily report."""

from dataclasses import dataclass
from datetime import date, datetime

from todoke.foundation.labels import Labelled


class Tone(Labelled):
    """日報の判定: whether somebody has to do something."""

    GOOD = "good", "異常なし"
    LOOK = "look", "要確認"
    RED = "red", "要対応"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in one body at a moment: first what came since the last report, then how things stand.

    `differing`: rows in which a core system's ledger, as last fetched, disagrees with ours（E12）; none is mended by itself.
    `oldest` is when the oldest unfinished application came; `unsealed` since when the audit waits for its seal.
    """

    received: int
    accepted: int
    quarantined: int
    pending: int
    held: int
    overdue: int
    oldest: datetime | None
    parked_handovers: int
    refused: int
    differing: int
    unsent: int
    to_type: int
    unsealed: datetime | None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the report: words, the figure as text, its tone, and what to do where it is not good."""

    words: str
    figure: str
    tone: Tone
    advice: str = ""


@dataclass(frozen=True, slots=True)
class DailyReport:
    """The report of one body for one day: the time that it covers, when it was made, and its lines in order."""

    day: date
    since: datetime
    made_at: datetime
    figures: Figures

    @property
    def is_due_to_people(self) -> bool:
        """Whether anything asks for a person."""
        return any((self.figures.pending, self.figures.held, self.figures.overdue, self.figures.differing))
