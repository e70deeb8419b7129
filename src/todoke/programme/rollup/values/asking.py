"""Enquiries with their answers, and the support of a prefecture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .words import EnquiryState, FieldKind, SupportKind, SupportState


@dataclass(frozen=True, slots=True)
class Field:
    """One question of an enquiry. `choices` for a choice only."""

    code: str
    label: str
    kind: FieldKind
    is_required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enquiry:
    """照会: what is asked, by whom, due when."""

    uuid: UUID
    asker: str
    title: str
    text: str
    fields: tuple[Field, ...]
    due_on: date
    asked_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EnquiryTarget:
    """How an enquiry stands at one body, as the asker knows it. `late_days` are 執務日 past the due date."""

    body: str
    name: str
    state: EnquiryState
    answers: Mapping[str, str]
    answered_at: datetime | None
    reason: str
    reminded_at: datetime | None
    late_days: int

    @property
    def is_open(self) -> bool:
        """Whether an answer is waited for."""
        return self.state in (EnquiryState.WAITING, EnquiryState.RETURNED)


@dataclass(frozen=True, slots=True)
class Collected:
    """取りまとめ: everybody's answers, and who has not answered."""

    enquiry: Enquiry
    targets: tuple[EnquiryTarget, ...]

    @property
    def missing(self) -> tuple[EnquiryTarget, ...]:
        """Who has not answered, or has to answer anew."""
        return tuple(one for one in self.targets if one.is_open)


@dataclass(frozen=True, slots=True)
class ReceivedEnquiry:
    """An enquiry as the body that is asked holds it."""

    enquiry: Enquiry
    state: EnquiryState
    answers: Mapping[str, str]
    answered_at: datetime | None
    reason: str
    reminded_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether an answer is waited for."""
        return self.enquiry.closed_at is None and self.state in (EnquiryState.WAITING, EnquiryState.RETURNED)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """What was answered, question by question."""
        return tuple((one.label, self.answers.get(one.code, "")) for one in self.enquiry.fields)


@dataclass(frozen=True, slots=True)
class Support:
    """One entry of the 市区町村支援台帳: which support for which town and item, and what came of it."""

    uuid: UUID
    kind: SupportKind
    state: SupportState
    body: str
    name: str
    title: str
    item: str
    begins: date
    ends: date | None
    outcome: str
    version: int


@dataclass(frozen=True, slots=True)
class SupportDraft:
    """What a person enters for one or more bodies."""

    kind: SupportKind
    title: str
    begins: date
    ends: date | None = None
    item: str = ""
