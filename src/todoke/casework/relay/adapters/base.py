"""What every source of packages can do, so that one job reads them all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from todoke.casework.relay.values import Listed


class Source(Protocol):
    """A source of packages. Listing and fetching fail apart; nothing is told to the other side about what we keep."""

    def check_config(self) -> list[str]:
        """What is missing or wrong in the settings, as Japanese sentences; empty when the source can be tried."""

    def pages(self, since: datetime, until: datetime) -> Iterator[list[Listed]]:
        """What has arrived between two moments, page by page. Raises PortalAway, LoginRefused, ListFailed."""

    def fetch(self, listed: Listed) -> AbstractContextManager[Iterator[bytes]]:
        """The bytes of one package in chunks of 64 to 256 KiB, never whole in memory. Raises PortalAway, FetchFailed."""

    def label(self, listed: Listed) -> str:
        """The name of the file that the package came as; empty where there is none."""

    def stored(self, listed: Listed) -> None:
        """Told when a package is durable and recorded: a folder puts the file away, a portal is told nothing."""

    def close(self) -> None:
        """Give connections back."""
