"""番号紐付情報: the rows that tie certificate serials and insured numbers to a resident's 宛名番号."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from . import pki
from .cards import Issued
from .residents import Resident

ATENA, INSURED = "atena", "kaigo-hihokensha"
COLUMNS = ("issuer_key", "serial", "number", "number_kind", "valid_from", "valid_to", "reason")


@dataclass(frozen=True, slots=True)
class Link:
    """One link with its days; an open `valid_to` means that it holds today."""

    issuer_key: str
    serial: str
    number: str
    number_kind: str
    valid_from: date
    valid_to: date | None
    reason: str

    def row(self) -> tuple[str, ...]:
        end = self.valid_to.isoformat() if self.valid_to else ""
        return (
            self.issuer_key, self.serial, self.number, self.number_kind, self.valid_from.isoformat(), end, self.reason,
        )  # fmt: skip


def certificate_link(issued: Issued, number: str, reason: str, *, until: date | None = None) -> Link:
    """Return the link of one 利用者証明用 certificate, its serial in eight hexadecimal digits."""
    issuer = _authentication_key(issued.generation)
    return Link(issuer, f"{issued.serial:08X}", number, ATENA, issued.first_day, until, reason)


def links_of(resident: Resident) -> Iterator[Link]:
    """Yield a resident's links: renewed certificates first; all end when the resident has left or died."""
    end, card = resident.status_since, resident.card
    if card is not None and card.previous is not None:
        yield certificate_link(card.previous, resident.number, "renewed", until=card.previous.last_day)
    if card is not None:
        reason = "issued" if resident.is_current else resident.status
        yield certificate_link(card.authentication, resident.number, reason, until=end)
    if card is not None and card.smartphone is not None:
        yield certificate_link(card.smartphone, resident.number, "smartphone", until=end)
    if resident.insured_number is not None:
        since = resident.birth.replace(year=resident.birth.year + 65, day=min(resident.birth.day, 28))
        # A register's number speaks for itself: the register says that it is in force.
        yield Link(INSURED, resident.insured_number, resident.insured_number, INSURED, since, None, "insured")


@cache
def _authentication_key(generation: int) -> str:
    return pki.issuer_key(authentication=True, generation=generation)
