"""What the planted kinds ask of the world around a package: links, revocations, refusals, odd certificates."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from cryptography import x509

from . import cards, links, pki, places
from .cards import Card, Issued
from .links import Link
from .pki import Authority, Revoked
from .plan import Planned
from .residents import Resident, atena_number

UNKNOWN_TOWN = 3
TWIN_FIRST_DAY = date(2024, 1, 10)
REVOKED_AT = datetime(2026, 3, 20, 10, 0, tzinfo=places.JST)
REVOKED_AFTER = timedelta(minutes=30)
REVOCATION_REASONS = (x509.ReasonFlags.affiliation_changed, x509.ReasonFlags.superseded)
REFUSALS = (("C-104", "必須項目の値が基幹側の台帳と合いません"), ("C-201", "既に認定済みの対象者です"))


@dataclass(slots=True)
class Surroundings:
    """Rows gathered while the packages are made and written beside them afterwards."""

    links: dict[str, list[Link]] = field(default_factory=dict)
    revoked: dict[int, list[Revoked]] = field(default_factory=dict)
    refusals: dict[str, tuple[str, str]] = field(default_factory=dict)

    def prepare(self, planned: Planned, first: Planned) -> None:
        """Add what this package's kind needs."""
        person = planned.role.applicant
        if planned.kind == "serial_conflict":
            other = atena_number(planned.organisation, person.household + 1, 0)
            self._link(planned, card_of(person).authentication, other)
        elif planned.kind == "serial_twin" and not planned.is_first:
            self._link(planned, twin_of(first.role.applicant), person.number)
        elif planned.kind == "revoked":
            self._revoke(planned, REVOKED_AT)
        elif planned.kind == "revoked_after":
            self._revoke(planned, planned.applied_at + REVOKED_AFTER)
        elif planned.kind == "core_refuses":
            self.refusals[planned.receipt_number] = REFUSALS[planned.group % 2]

    def _revoke(self, planned: Planned, at: datetime) -> None:
        issued, _ = signing_certificate(planned)
        revoked = Revoked(issued.serial, at, REVOCATION_REASONS[planned.group % 2])
        self.revoked.setdefault(issued.generation, []).append(revoked)

    def _link(self, planned: Planned, issued: Issued, number: str) -> None:
        link = links.certificate_link(issued, number, "issued")
        self.links.setdefault(planned.organisation.code, []).append(link)


def card_of(person: Resident) -> Card:
    """Return the card of somebody who was chosen because of holding one."""
    assert person.card is not None
    return person.card


def twin_of(person: Resident) -> Issued:
    """Return a certificate of the second generation under the serial that `person` has in the first."""
    own = card_of(person).authentication
    return Issued(2, own.serial, TWIN_FIRST_DAY, own.last_day)


def agent_of(planned: Planned) -> Resident | None:
    """Return the 代理人 who applies for somebody of the household, in every third sound application for 介護."""
    adult = planned.role.other_adult
    applies = planned.kind == "good" and planned.procedure in ("P16", "P22") and planned.group % 3 == 0
    if adult is None or not applies:
        return None
    return adult if adult.card is not None and adult.card.signature is not None else None


def sender_of(planned: Planned) -> Resident:
    """Return the person whose card is used: the agent where there is one, else the applicant."""
    return agent_of(planned) or planned.role.applicant


def authentication_certificate(planned: Planned, first: Planned) -> Issued:
    """Return the 利用者証明用 certificate whose serial the package carries."""
    card = card_of(sender_of(planned))
    if planned.kind == "serial_unknown":
        nobody = cards.serial_number(UNKNOWN_TOWN, planned.group, cards.AUTHENTICATION)
        return replace(card.authentication, serial=nobody)
    if planned.kind == "serial_renewed" and card.previous is not None:
        return card.previous
    if planned.kind == "serial_smartphone" and card.smartphone is not None:
        return card.smartphone
    if planned.kind == "serial_twin" and not planned.is_first:
        return twin_of(first.role.applicant)
    return card.authentication


def signing_certificate(planned: Planned) -> tuple[Issued, Authority]:
    """Return the certificate that signs, with its CA: the 署名用 one unless the kind plants another."""
    card = card_of(sender_of(planned))
    assert card.signature is not None
    own, late = card.signature, replace(card.signature, first_day=TWIN_FIRST_DAY)
    if planned.kind == "expired":
        past = Issued(1, own.serial, date(2021, 3, 1), date(2026, 3, 20))
        return past, pki.signature_authority(1)
    if planned.kind == "list_missing":
        return late, pki.branch_authority()
    if planned.kind in ("foreign_ca", "foreign_ca_inside"):
        return late, pki.foreign_authority()
    if planned.kind == "wrong_purpose":
        return card.authentication, pki.authentication_authority(card.authentication.generation)
    return own, pki.signature_authority(own.generation)
