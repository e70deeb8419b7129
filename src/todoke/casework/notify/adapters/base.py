"""What every way to tell an applicant can do."""

from typing import Protocol

from todoke.casework.notify.values import NotTaken, Registered


class StatusRegister(Protocol):
    """Where a 処理状況 is registered. The same key twice has the effect of once."""

    def register(self, *, receipt_number: str, code: str, message: str, key: str) -> Registered | NotTaken:
        """Register one status. Raises PortalAway when nobody answers, NoticeTrouble for an answer we do not know."""

    def close(self) -> None:
        """Give the connection back."""
