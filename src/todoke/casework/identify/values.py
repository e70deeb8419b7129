"""The nouns of identification: links from serials to numbers, the parties of an application, what was found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from todoke.casework.intake.values import PartyRole as PartyRole  # the roles that applications state
from todoke.foundation.labels import Labelled

ATENA = "atena"
INSURED_NUMBER = "kaigo-hihokensha"
# The register in which the stated number of a role stands.
REGISTERS: Mapping[PartyRole, str] = {PartyRole.INSURED: INSURED_NUMBER}


class IdentityState(Labelled):
    """特定の状態."""

    MATCHED = "matched", "特定済"
    RENEWED = "renewed", "特定済（更新後の証明書）"
    UNKNOWN = "unknown", "未特定"
    CONFLICT = "conflict", "候補複数"
    NOT_ASKED = "not_asked", "照会対象外"
    DECIDED = "decided", "職員が決定"


class LoadKind(Labelled):
    """番号紐付情報の取込方法."""

    FULL = "full", "全件"
    DIFFERENTIAL = "differential", "差分"


class GenerationState(Labelled):
    """番号紐付情報の世代の状態."""

    LOADING = "loading", "取込中"
    CURRENT = "current", "現行"
    RETIRED = "retired", "旧世代"
    REFUSED = "refused", "取込中止"


@dataclass(frozen=True, slots=True)
class LinkKey:
    """What is looked up: never the serial alone, because two CA generations may issue the same serial (C09)."""

    issuer_key: str
    serial: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link in force from `valid_from` (inclusive) to `valid_to` (exclusive; None: still)."""

    key: LinkKey
    number: str
    number_kind: str
    valid_from: datetime
    valid_to: datetime | None = None
    is_inferred: bool = False

    def holds_at(self, moment: datetime) -> bool:
        """Whether the link was in force at that moment."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, slots=True)
class LinkBook:
    """The links of a batch: by certificate, and by (kind, number) for the other certificates of the same person."""

    by_key: Mapping[LinkKey, Sequence[Link]]
    by_number: Mapping[tuple[str, str], Sequence[Link]]

    def links(self, key: LinkKey) -> Sequence[Link]:
        """The links of one certificate."""
        return self.by_key.get(key, ())

    def of_same_numbers(self, links: Iterable[Link]) -> list[Link]:
        """Every link of the numbers that these links lead to."""
        numbers = {(link.number_kind, link.number) for link in links}
        return [link for number in sorted(numbers) for link in self.by_number.get(number, ())]


class LinkRow(NamedTuple):
    """One accepted line of a link file. A named tuple: a million are made in one load."""

    issuer_key: str
    serial: str
    number: str
    number_kind: str
    valid_from: datetime
    valid_to: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """What was found for one party; `candidates` counts the numbers in question, also where none was chosen."""

    state: IdentityState
    number: str = ""
    number_kind: str = ""
    candidates: int = 0


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A party as the application states it, and the key that speaks for it: a certificate or a stated number."""

    role: PartyRole
    position: int = 1
    name: str = ""
    kana: str = ""
    birth: str = ""
    stated_number: str = ""
    key: LinkKey | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A party of one application, and who it was found to be."""

    id: int
    application_id: int
    role: PartyRole
    position: int
    name: str
    kana: str
    birth: str
    stated_number: str
    result: IdentityResult
    version: int
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether a number may be handed over for this party."""
        return bool(self.result.number)

    @property
    def expected_kind(self) -> str:
        """The kind of number that a person deciding this party will mostly give: that of its role's register."""
        return self.result.number_kind or REGISTERS.get(self.role, ATENA)


@dataclass(frozen=True, slots=True)
class PartyChange:
    """A party that a later load of links has answered: as it stood, and as it stands."""

    before: Party
    after: Party


@dataclass(frozen=True, slots=True)
class LookedAgain:
    """How many applications were looked at once more, and what changed."""

    looked: int
    changes: tuple[PartyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberDecision:
    """What a clerk decided for a party: the number of this organisation, its kind, and why."""

    number: str
    reason: str
    number_kind: str = ATENA


@dataclass(frozen=True, slots=True)
class BadRow:
    """One refused line of a file: its line number and the column that is wrong. Never its content (C-codes §2)."""

    line: int
    column: str
    code: str = "CSV-240"


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a link file is read: by which profile, and whether good rows become current beside bad ones."""

    profile: str = "serial-links"
    allow_bad_rows: bool = False
    chunk_rows: int = 20_000


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far a load is: lines read, lines refused, bytes read and in all."""

    rows: int
    bad_rows: int
    bytes_read: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a load: accepted and refused lines (the first hundred named), history carried over."""

    generation_id: int
    kind: LoadKind
    rows: int
    carried: int
    bad_rows: int
    is_current: bool
    bad: tuple[BadRow, ...] = field(default=())


class LinkColumns(BaseModel):
    """The header words of a link file by what they hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer_key: str
    serial: str
    number: str
    number_kind: str
    valid_from: str
    valid_to: str
    reason: str


class LinkFileProfile(BaseModel):
    """The layout of a 番号紐付情報 file. The official layout is not public, hence `status: 未確認`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str
    title: str
    publisher: str
    edition: str
    status: Literal["確認済", "未確認"]
    encoding: Literal["utf-8", "utf-8-sig", "cp932"]
    delimiter: str
    serial_form: Literal["hex", "decimal"]
    last_day: Literal["inclusive", "exclusive"]
    columns: LinkColumns
