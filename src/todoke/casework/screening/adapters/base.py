"""What a malware scanner can be asked."""

from collections.abc import Iterable
from typing import Protocol

from todoke.casework.screening.values import Engine, ScanOutcome


class Scanner(Protocol):
    """One malware scanner. Every method raises ScannerAway when it does not answer in time or in its protocol."""

    def engine(self) -> Engine:
        """Who it is, and of when its signatures are."""

    def prove(self) -> None:
        """Show that it finds the EICAR test file. Raises ScannerLies when it does not."""

    def scan(self, chunks: Iterable[bytes]) -> tuple[ScanOutcome, str]:
        """What it says of these bytes: CLEAN, INFECTED with the name of what was found, or TOO_LARGE."""
