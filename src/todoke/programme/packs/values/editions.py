"""An edition, its nodes and links, and what became of each node of the edition before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .words import NOT_RECORDED, Basis, LinkType, NodeKind, PackSubject, Relation, Strength


@dataclass(frozen=True, slots=True, order=True)
class EditionRef:
    """Which edition: the pack's URN, the edition as printed, and the release of our encoding of it."""

    pack: str
    edition: str
    release: int

    def __str__(self) -> str:
        """As a plan pins it: `urn@edition+release`."""
        return f"{self.pack}@{self.edition}+{self.release}"


@dataclass(frozen=True, slots=True)
class Source:
    """The publication that an edition encodes. Unknown facts are NOT_RECORDED or None, never guessed."""

    title: str
    publisher: str
    issued: date | None = None
    url: str = NOT_RECORDED
    retrieved: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where in the source: page and paragraph as printed, or a heading."""

    page: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Three durations in working days（執務日）, and whose they are."""

    low: float
    likely: float
    high: float
    basis: Basis = Basis.PRODUCT


@dataclass(frozen=True, slots=True)
class Roles:
    """Who does it（R）, who answers for it（A）, who is asked（C）; effort in person-days per role."""

    responsible: str = ""
    accountable: str = ""
    consulted: tuple[str, ...] = ()
    effort: Mapping[str, float] = field(default_factory=dict)
    basis: Basis = Basis.PRODUCT


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a guideline. `id` is stable for ever and never re-used; `number` is what is printed.

    `repeat_over` names a code list: one item of a plan per concept in scope. `applies_if` is an expression of our own
    small language, empty for always. `early_startable` is None where the source does not say. `estimate` None: a node
    that only gathers others. `done_when` are sentences that a person confirms; `checks` are expressions of the small
    language over facts that the product knows. `note` says what a reader must know of the encoding itself.
    """

    id: str
    label: str
    kind: NodeKind
    parent: str = ""
    number: str = ""
    text: str = ""
    repeat_over: str = ""
    applies_if: str = ""
    early_startable: bool | None = None
    estimate: Estimate | None = None
    roles: Roles = Roles()
    deliverables: tuple[str, ...] = ()
    done_when: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    tags: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """`after` depends on `before`; lag in working days. Nodes that repeat over one list are linked concept by concept."""

    before: str
    after: str
    type: LinkType = LinkType.FS
    lag: int = 0
    strength: Strength = Strength.PRACTICE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of every year in which only something may begin, or in which nothing may（凍結）: (month, day) to (month, day).

    `applies_to` are node ids. A span that ends before it begins runs over the new year. Windows of one `kind` over the
    same node are alternatives（定例会 four times a year）; windows of different kinds, and every freeze, hold together.
    """

    id: str
    label: str
    begins: tuple[int, int]
    ends: tuple[int, int]
    applies_to: tuple[str, ...]
    is_freeze: bool = False
    basis: Basis = Basis.PRODUCT
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a node is to be done, as the source says（目標時期）; `on` None: no date is recorded, `text` says what is."""

    node: str
    on: date | None = None
    text: str = NOT_RECORDED
    strength: Strength = Strength.GUIDELINE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of nodes of the superseded edition: from none (added) or several (merged) to none (dropped) or several."""

    relation: Relation
    before: tuple[str, ...]
    after: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """財政支援: what it covers and when to apply and report; unknown dates are None and shown as 未収録."""

    id: str
    label: str
    covers: str = NOT_RECORDED
    nodes: tuple[str, ...] = ()
    apply_by: date | None = None
    report_by: date | None = None
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    """One official or own indicator: what it counts, its unit, how it is asked, and where it comes from."""

    id: str
    label: str
    unit: str
    definition: str = NOT_RECORDED
    official: bool = True
    source: str = NOT_RECORDED
    higher_is_better: bool = True
    group: str = ""
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of a code list: a 業務, a 手続, a status.

    `aliases` are the names by which other publications call it. `applies_if`, an expression, empty for always, says for
    whom it counts: of the 20 事務 a prefecture has two. `attributes` are facts in words, by name.
    """

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    group: str = ""
    applies_if: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What an overlay pack changes of a node below it: its estimate, its effort by role; None and empty change nothing."""

    node: str
    estimate: Estimate | None = None
    effort: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """The span for which a plan of the nation is made（計画期間）, as dates and as printed."""

    begins: date | None = None
    ends: date | None = None
    text: str = NOT_RECORDED


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable edition of a pack. Links, windows and the rest refer to node ids of this edition.

    `codelists`: the lists that nodes repeat over, by name. `overlays`: the URN of the pack that this one lies over, and
    `overlay_edition` the edition as printed that it was written for; empty for a pack of its own; only an overlay has
    `adjustments`. `supersedes` is the edition before, as printed, that `succession` starts from. `unrecorded` says in
    words which facts are 未収録. `sha256` is that of the canonical JSON of the document.
    """

    ref: EditionRef
    title: str
    source: Source
    supersedes: str = ""
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    windows: tuple[Window, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    succession: tuple[Succession, ...] = ()
    supports: tuple[Support, ...] = ()
    indicators: tuple[IndicatorDefinition, ...] = ()
    codelists: Mapping[str, tuple[Concept, ...]] = field(default_factory=dict)
    overlays: str = ""
    sha256: str = ""
    subject: PackSubject = PackSubject.OTHER
    period: Period = Period()
    adjustments: tuple[Adjustment, ...] = ()
    overlay_edition: str = ""
    unrecorded: tuple[str, ...] = ()
    note: str = ""

    def node(self, node_id: str) -> Node | None:
        """The node with this id, or None."""
        return next((one for one in self.nodes if one.id == node_id), None)
