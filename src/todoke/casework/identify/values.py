"""The nouns of identification: links from serials to numbers, the parties of an application, what was found."""

# long: the nouns of one stage stay in one room; each is a few lines.

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from todoke.casework.intake.values import PartyRole as PartyRole  # the roles that applications state
from todoke.casework.residents.values import BadRow as BadRow
from todoke.casework.residents.values import GenerationState as GenerationState
from todoke.casework.residents.values import LoadKind as LoadKind
from todoke.casework.residents.values import LoadOptions as LoadOptions
from todoke.casework.residents.values import LoadProgress as LoadProgress
from todoke.casework.residents.values import LoadReport as LoadReport
from todoke.casework.residents.values import Resident
from todoke.foundation.labels import Labelled
from todoke.foundation.row_files import RowFileProfile
from todoke.proof.serials import Form

ATENA = "atena"
INSURED_NUMBER = "kaigo-hihokensha"
CORPORATE_NUMBER = "hojin-bango"
# The register in which the stated number of a role stands.
REGISTERS: Mapping[PartyRole, str] = {
    PartyRole.INSURED: INSURED_NUMBER,
    PartyRole.CORPORATION: CORPORATE_NUMBER,
}
# What a load writes as the reason of a link that vanished from the file: derived, hence 推定.
RENEWED_INFERRED, ENDED_INFERRED = "renewed-inferred", "ended-inferred"
DECISION = "identity.decision"  # the kind of proposal that a decision on a party is
# Codes of a party: several candidates, a difference in name or birth, a derived renewal, not found, and papers.
CONFLICT, MISMATCH, DERIVED, AWAITING = "IDN-320", "IDN-321", "IDN-324", "IDN-333"
NO_APPLICANT, NO_PARTY, NO_MANDATE = "IDN-331", "IDN-332", "IDN-334"


class IdentityState(Labelled):
    """特定の状態."""

    MATCHED = "matched", "特定済"
    RENEWED = "renewed", "特定済（更新後の証明書）"
    UNKNOWN = "unknown", "未特定"
    CONFLICT = "conflict", "候補複数"
    NOT_ASKED = "not_asked", "照会対象外"
    DECIDED = "decided", "職員が決定"
    DIFFERS = "differs", "要確認（記載の相違）"
    PROPOSED = "proposed", "決定の確認待ち"


class FieldMatch(Labelled):
    """照合の結果."""

    AGREES = "agrees", "一致"
    VARIES = "varies", "表記の違い"
    DIFFERS = "differs", "不一致"
    ABSENT = "absent", "照合先なし"


class ComparedField(Labelled):
    """照合する項目: 基本4情報 and the reading."""

    NAME = "name", "氏名"
    KANA = "kana", "フリガナ"
    BIRTH = "birth", "生年月日"
    SEX = "sex", "性別"
    ADDRESS = "address", "住所"


class StatedBy(Labelled):
    """何に書かれた内容か."""

    FORM = "form", "申請書"
    CERTIFICATE = "certificate", "署名用電子証明書"


class Likelihood(Labelled):
    """候補の確からしさ."""

    STRONG = "strong", "強い"
    FAIR = "fair", "中くらい"
    WEAK = "weak", "弱い"


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
    reason: str = ""

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


class SharedColumns(NamedTuple):
    """What many lines of a link file have in common; `valid_from` None: the file does not say since when."""

    issuer_key: str
    number_kind: str
    valid_from: datetime | None
    valid_to: datetime | None
    reason: str


# One accepted line of a link file: serial, number, and what it shares with others. Plain tuples: ten million are made.
LinkRow: TypeAlias = tuple[str, str, SharedColumns]


@dataclass(frozen=True, slots=True)
class Renewal:
    """One certificate that followed another of the same number; `is_inferred`: 推定, derived from successive loads."""

    old: Link
    new: Link
    is_inferred: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """What an application or a certificate says of a person; `*_marks`: positions of 代替文字, from 0.

    `birth` as YYYY-MM-DD where it is a date, else as written; `sex` as written.
    """

    by: StatedBy
    name: str = ""
    kana: str = ""
    birth: str = ""
    sex: str = ""
    address: str = ""
    name_marks: frozenset[int] = frozenset()
    address_marks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """One field: what was stated, what the copy holds, how they agree and why. Both spellings stay as they are."""

    field: ComparedField
    match: FieldMatch
    stated: str = ""
    held: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One statement against one resident record, field by field; `remarks` concern the record（死亡, 転出 …）.

    `grade`: DIFFERS when name or birth do（or the person had died）, else VARIES when any field is not the same.
    """

    by: StatedBy
    grade: FieldMatch
    fields: tuple[FieldComparison, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[FieldComparison, ...]:
        """The fields that are not plainly equal, in their order."""
        plain = (FieldMatch.AGREES, FieldMatch.ABSENT)
        return tuple(one for one in self.fields if one.match not in plain)


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """What was found for one party; `candidates` counts the numbers in question, also where none was chosen.

    `code` says why a person has to look（IDN-320 …）, empty where nobody has to.
    """

    state: IdentityState
    number: str = ""
    number_kind: str = ""
    candidates: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class PartyFinding:
    """What was found for one party, what it was compared with, and whether other work may use the record at all."""

    result: IdentityResult
    comparisons: tuple[Comparison, ...] = ()
    is_restricted: bool = False
    scope_keys: tuple[str, ...] = ()


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
    confirmed_by: str = ""
    comparisons: tuple[Comparison, ...] = ()
    is_restricted: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether a number may be handed over for this party."""
        return bool(self.result.number)

    @property
    def waits_for(self) -> str:
        """The code of what two people have to look at before the application may leave; empty for nothing."""
        return {IdentityState.DIFFERS: MISMATCH, IdentityState.PROPOSED: AWAITING}.get(self.result.state, "")

    @property
    def expected_kind(self) -> str:
        """The kind of number that a person deciding this party will mostly give: that of its role's register."""
        return self.result.number_kind or REGISTERS.get(self.role, ATENA)


@dataclass(frozen=True, slots=True)
class IdentityCandidate:
    """A number that a party could have: how likely, for which reasons, and the record beside the statement.

    `resident` is None where the copy has no such number（or there is no copy）.
    """

    number: str
    number_kind: str
    likelihood: Likelihood
    reasons: tuple[str, ...]
    resident: Resident | None = None
    comparisons: tuple[Comparison, ...] = ()
    renewals: tuple[Renewal, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A decision that waits for a second person: which number for which party, and the proposal that carries it."""

    id: int
    party_id: int
    application_id: int
    proposal_id: int
    number: str
    number_kind: str
    shown_hash: str
    reason: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionPlace:
    """Where a decision is shown: the case whose page it is（its address names the case, then the party）."""

    case: UUID

    def object_id(self, party_id: int) -> str:
        """The object of the proposal, as the list of waiting decisions reads it."""
        return f"{self.case}/{party_id}"


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


class LinkColumns(BaseModel):
    """The header words of a link file by what they hold; an empty word: the file has no such column."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer_key: str
    serial: str
    number: str
    number_kind: str
    valid_from: str = ""
    valid_to: str = ""
    reason: str = ""
    organisation: str = ""


class LinkFileProfile(RowFileProfile):
    """The layout of a 番号紐付情報 file. The official layout is not public, hence `status: 未確認`."""

    serial_form: Form
    serial_full_width: bool = False
    last_day: Literal["inclusive", "exclusive"]
    columns: LinkColumns
