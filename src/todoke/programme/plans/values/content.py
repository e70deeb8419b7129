"""A plan and what stands in it: items, links, windows, capacities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from todoke.foundation.labels import Labelled
from todoke.programme.packs.values import Basis, EditionRef, Estimate, LinkType, NodeKind, Relation, Strength


class PlanKind(Labelled):
    """What a plan is about."""

    OVERALL = "overall", "全体方針"
    STANDARDISATION = "standardisation", "標準化・共通化"
    ONLINE = "online", "オンライン化"
    WORKFORCE = "workforce", "人材"


class ItemState(Labelled):
    """How an item stands to its guideline. Only ACTIVE, ADAPTED and LOCAL are work that counts."""

    ACTIVE = "active", "手順書どおり"
    ADAPTED = "adapted", "団体で変更"
    OUT_OF_SCOPE = "out_of_scope", "対象外"
    RETIRED = "retired", "改定で終了"
    LOCAL = "local", "団体独自"


class WindowKind(Labelled):
    """What a span of the year is about."""

    ASSEMBLY = "assembly", "議会"
    BUDGET = "budget", "予算"
    CONTRACT = "contract", "契約"
    BUSY = "busy", "繁忙期"
    OTHER = "other", "その他"


class CapacityKind(Labelled):
    """Whose capacity it is."""

    ROLE = "role", "職員の役割"
    VENDOR = "vendor", "事業者"


@dataclass(frozen=True, slots=True)
class PlanRef:
    """A plan as others may hold it."""

    uuid: UUID
    title: str
    kind: PlanKind
    edition: EditionRef
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class ScopeEntry:
    """One 事務 or 手続 of a code list: whether it is ours, who is responsible, which system and whose, until when.

    An entry that is not in scope has no items, and `reason` says why.
    """

    list: str
    code: str
    label: str
    in_scope: bool = True
    reason: str = ""
    section_id: int | None = None
    system: str = ""
    vendor: str = ""
    contract_ends: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan of one body: the editions that it pins, what it is for, what it covers.

    `version` rises with every change of these fields; items have versions of their own.
    """

    id: int
    uuid: UUID
    title: str
    kind: PlanKind
    edition: EditionRef
    starts_on: date
    created_at: datetime
    overlays: tuple[EditionRef, ...] = ()
    vision: str = ""
    principles: tuple[str, ...] = ()
    scope: tuple[ScopeEntry, ...] = ()
    version: int = 1
    closed_on: date | None = None
    organisation: str = ""

    @property
    def ref(self) -> PlanRef:
        """As others hold it."""
        return PlanRef(self.uuid, self.title, self.kind, self.edition, self.organisation)


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """Where a proof lies: a document number, a path or an address; never the document itself."""

    uuid: UUID
    label: str
    place: str
    sha256: str = ""
    added_at: datetime | None = None
    added_by: str = ""

    @property
    def is_address(self) -> bool:
        """Whether the place can be opened in a browser."""
        return self.place.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work of a plan: a node of the guideline for one 事務 or 手続, or the body's own（node empty）.

    `key` is `<node id>@<concept code>`; one item that counts has it, retired ones may have had it before. `edition`
    is the edition that it was last merged with. `parent` is an item's uuid. `estimate` is in working days; `effort` in
    person-days per role. `sources` are the items that this one came from by SPLIT or MERGED: without reports of its
    own, one that came by MERGED is done only if all of them are; one that came by SPLIT never is. `needs_sorting`:
    its parent has gone（要整理）. `is_new`: came with a new edition and nobody has planned it yet.
    """

    id: int
    uuid: UUID
    key: str
    node: str
    concept: str
    label: str
    kind: NodeKind
    state: ItemState = ItemState.ACTIVE
    concept_list: str = ""
    concept_label: str = ""
    number: str = ""
    parent: UUID | None = None
    position: int = 0
    reason: str = ""
    section_id: int | None = None
    section: str = ""
    person_id: int | None = None
    person: str = ""
    vendor: str = ""
    responsible: str = ""
    accountable: str = ""
    consulted: tuple[str, ...] = ()
    effort: Mapping[str, float] = field(default_factory=dict)
    effort_basis: Basis = Basis.PRODUCT
    estimate: Estimate | None = None
    early_startable: bool | None = None
    fixed_start: date | None = None
    fixed_finish: date | None = None
    deadline: date | None = None
    deadline_text: str = ""
    deadline_strength: Strength = Strength.GUIDELINE
    deliverables: tuple[str, ...] = ()
    done_when: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    edition: str = ""
    relation: Relation | None = None
    sources: tuple[UUID, ...] = ()
    needs_sorting: bool = False
    is_new: bool = False
    note: str = ""
    version: int = 1

    @property
    def counts(self) -> bool:
        """Whether it stands in denominators: neither out of scope nor retired."""
        return self.state not in {ItemState.OUT_OF_SCOPE, ItemState.RETIRED}

    @property
    def is_local(self) -> bool:
        """Whether the body made it itself."""
        return not self.node


@dataclass(frozen=True, slots=True)
class ItemLink:
    """`after` depends on `before`（uuids of items; one that gathers others stands for all of them）; lag in working days.

    A relaxed link stays and binds nothing; `reason` says why（required for what the guideline claims）.
    """

    uuid: UUID
    before: UUID
    after: UUID
    type: LinkType = LinkType.FS
    lag: int = 0
    strength: Strength = Strength.PRACTICE
    is_relaxed: bool = False
    reason: str = ""
    version: int = 1

    @property
    def binds(self) -> bool:
        """Whether a schedule has to keep it."""
        return not self.is_relaxed


@dataclass(frozen=True, slots=True)
class BodyWindow:
    """A span of every year in which only the items of these nodes may begin, or（is_freeze）may not; (month, day) pairs.

    Several windows of one kind over one node: any of them will do. `basis` BODY: the body has said so; else it is a
    proposal and shown as such. `source` is the id in the pack; empty for the body's own;
    further ids after commas are those of proposals that it stands for. `applies_to` are node ids;
    "*" is everything. A span that ends before it begins runs over the new year.
    """

    uuid: UUID
    kind: WindowKind
    label: str
    begins: tuple[int, int]
    ends: tuple[int, int]
    applies_to: tuple[str, ...]
    is_freeze: bool = False
    basis: Basis = Basis.PRODUCT
    source: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much can be done at one time, in a period（None: open on that side）.

    ROLE: persons at work on the plan at one time（常勤換算）, so `units` × the working days of a month are its
    person-days. VENDOR: how many items of ours it works on at one time.
    """

    uuid: UUID
    kind: CapacityKind
    name: str
    units: float
    begins: date | None = None
    ends: date | None = None
    basis: Basis = Basis.BODY
    version: int = 1


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when an item runs, as a forecast or a report says."""

    start: date
    finish: date


@dataclass(frozen=True, slots=True)
class PlanContent:
    """What a schedule needs of a plan, stored or only proposed: items（retired ones too）, links, windows, capacities."""

    plan: Plan
    items: tuple[Item, ...]
    links: tuple[ItemLink, ...] = ()
    windows: tuple[BodyWindow, ...] = ()
    capacities: tuple[Capacity, ...] = ()

    def item(self, key: str) -> Item | None:
        """The item that counts, or is out of scope, with this key; retired ones are not asked."""
        found = (one for one in self.items if one.key == key and one.state is not ItemState.RETIRED)
        return next(found, None)


def key_of(node: str, concept: str = "") -> str:
    """The key of the item of a node for a concept."""
    return f"{node}@{concept}"


def month_day(text: str) -> tuple[int, int]:
    """A day of every year from its MM-DD, as rows and forms keep it. Raises ValueError."""
    month, day = text.split("-")
    return int(month), int(day)
