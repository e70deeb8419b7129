"""What every way into a core system can do."""

from collections.abc import Sequence
from typing import Protocol

from todoke.casework.handover.values import BatchFile, LedgerRow, Receipt


class CoreConnection(Protocol):
    """A core system on the other side. Sending the same file again does no harm; nothing is ever overwritten."""

    def check_config(self) -> None:
        """Raises DestinationRefused when the registered destination is incomplete or leads elsewhere."""

    def send(self, file: BatchFile) -> None:
        """Lay the file down, then its `.done` with row count and SHA-256.

        Raises CoreAway, NameTaken, FileRefused, DestinationRefused.
        """

    def receipts(self, after: int) -> Sequence[Receipt]:
        """The core system's words with a number above `after`, in order. Raises CoreAway."""

    def ledger(self) -> Sequence[LedgerRow]:
        """Every row that the core system holds of this body. Raises CoreAway."""

    def close(self) -> None:
        """Give the connection back."""
