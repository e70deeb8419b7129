"""What a body submits, and how bodies stand side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from todoke.foundation.exchange.values import fingerprint_of
from todoke.programme.packs.values import EditionRef

from .words import SubmissionSignature, SubmissionSource, SubmissionState


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a body says of one plan as of a day. No draft, no note, no name of a person is in it.

    `steps` are node ids in the order of the edition; `states` has per concept one letter per step（d w n o, "." where the
    step does not exist for it）. Shares in thousandths; None: not known, never zero.
    """

    subject: str
    name: str
    edition: EditionRef
    as_of: date
    steps: tuple[str, ...]
    states: Mapping[str, str]
    weighted_permille: int | None = None
    stale_permille: int | None = None
    p50: date | None = None
    p80: date | None = None
    chance_permille: int | None = None


@lru_cache(maxsize=100_000)
def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many steps stand how; `unknown` cannot be compared and stands in no rate."""

    done: int = 0
    out_of_scope: int = 0
    working: int = 0
    not_started: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        """The denominator."""
        return self.done + self.out_of_scope + self.working + self.not_started

    @property
    def steps(self) -> int:
        """All of them."""
        return self.known + self.unknown

    @property
    def rate(self) -> Fraction | None:
        """総務省の算式:（完了済み + 対象外）÷ ステップ数, over what can be compared; None without any."""
        return _share(self.done + self.out_of_scope, self.known) if self.known else None


@dataclass(frozen=True, slots=True)
class Compared:
    """A snapshot as it reads in one edition: counts in all and per concept, and the letters per concept."""

    basis: EditionRef
    counts: Counts
    concepts: Mapping[str, Counts]
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submission:
    """A received submission as the receiving body holds it. `sender` forwarded it, or is the subject itself.

    `signer_key` is the key that signed the subject's own file, whoever forwarded it.
    """

    uuid: UUID
    subject: str
    name: str
    sender: str
    number: int
    edition: EditionRef
    as_of: date
    made_at: datetime
    received_at: datetime
    state: SubmissionState
    source: SubmissionSource
    counts: Counts
    weighted_permille: int | None
    stale_permille: int | None
    p50: date | None
    p80: date | None
    chance_permille: int | None
    forwarded_at: datetime | None = None
    withdrawn_at: datetime | None = None
    sha256: str = ""
    signature: SubmissionSignature = SubmissionSignature.NONE
    signer_key: str = ""

    @property
    def fingerprint(self) -> str:
        """What two people compare by telephone; empty without a key."""
        return fingerprint_of(self.signer_key)


@dataclass(frozen=True, slots=True)
class SentSubmission:
    """One's own submission: the number of its file, to whom, as of when, by which member of staff（id）."""

    uuid: UUID
    plan: UUID
    recipient: str
    number: int
    edition: EditionRef
    as_of: date
    sent_at: datetime
    sent_by: str
    counts: Counts
    withdrawn_at: datetime | None
    withdrawn_reason: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How a figure is spread over bodies. `n` of `of` have it; there is no mean of means.

    `stale`: those of the n whose submission is late. `comparable`: steps that could be compared ÷ all steps of all of them.
    """

    n: int
    of: int
    lowest: Fraction | None
    first: Fraction | None
    median: Fraction | None
    third: Fraction | None
    highest: Fraction | None
    stale: Fraction | None
    comparable: Fraction | None


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One body in a roll-up. Without a submission every figure is None: nobody's silence is a zero."""

    code: str
    name: str
    submission: Submission | None
    counts: Counts | None
    age_days: int | None
    is_late: bool

    @property
    def rate(self) -> Fraction | None:
        """完了率 over what can be compared."""
        return self.counts.rate if self.counts else None

    @property
    def is_comparable(self) -> bool:
        """Whether every step of it could be compared."""
        return self.counts is not None and self.counts.known > 0 and self.counts.unknown == 0


@dataclass(frozen=True, slots=True)
class ConceptLine:
    """One 事務 over all bodies."""

    code: str
    label: str
    counts: Counts
    rate: Aggregate


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of one 事務 over all bodies; `unknown` of them cannot be compared."""

    node: str
    number: str
    label: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class AreaLine:
    """The bodies of one prefecture together; `code` is its two digits."""

    code: str
    name: str
    bodies: int
    submitted: int
    late: int
    rate: Aggregate


@dataclass(frozen=True, slots=True)
class RollUp:
    """All `below`, read in one edition（basis）as of a day. `comparable` of `submitted` bodies compare wholly.

    `within`: of one prefecture（two digits）. `bodies` is empty where there are more than are listed one by one.
    """

    pack: str
    basis: EditionRef | None
    bases: tuple[EditionRef, ...]
    as_of: date
    source: SubmissionSource
    within: str
    below: int
    bodies: tuple[BodyLine, ...]
    submitted: int
    comparable: int
    late: int
    rate: Aggregate
    weighted: Aggregate
    concepts: tuple[ConceptLine, ...]
    areas: tuple[AreaLine, ...]


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """Whether submissions are forwarded to the nation without a person; and since when, by whom."""

    is_automatic: bool
    at: datetime | None = None
    by: str = ""
