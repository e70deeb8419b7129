"""The nouns of guideline packs: an edition, its nodes and links, and what became of each node of the edition before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from todoke.foundation.labels import Labelled

NOT_RECORDED = "未収録"  # the source has the fact, or may have it; we do not


class NodeKind(Labelled):
    """What a node of a guideline is."""

    GROUP = "group", "区分"
    STEP = "step", "ステップ"
    PHASE = "phase", "フェーズ"
    TASK = "task", "作業"
    GATE = "gate", "関門"
    DELIVERABLE = "deliverable", "成果物"
    CHECK = "check", "確認"
    MEASURE = "measure", "取組"


class LinkType(Labelled):
    """How two nodes hang together in time."""

    FS = "FS", "終わってから始める"
    SS = "SS", "始まってから始める"
    FF = "FF", "終わってから終える"
    SF = "SF", "始まってから終える"


class Strength(Labelled):
    """Who claims a link, a window or a deadline."""

    GUIDELINE = "guideline", "手順書"
    PRACTICE = "practice", "実務"
    LOCAL = "local", "団体"


class Basis(Labelled):
    """Where a figure comes from. Our own defaults are never shown as the ministry's."""

    SOURCE = "source", "出典"
    PRODUCT = "product-default", "製品の既定値"
    BODY = "body", "団体の入力"


class Relation(Labelled):
    """What became of a node in the next edition."""

    SAME = "same", "そのまま"
    REWORDED = "reworded", "文言の変更"
    MOVED = "moved", "移動"
    SPLIT = "split", "分割"
    MERGED = "merged", "統合"
    DROPPED = "dropped", "削除"
    ADDED = "added", "追加"


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
    that only gathers others.
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


@dataclass(frozen=True, slots=True)
class Link:
    """`after` depends on `before`; lag in working days. Nodes that repeat over one list are linked concept by concept."""

    before: str
    after: str
    type: LinkType = LinkType.FS
    lag: int = 0
    strength: Strength = Strength.PRACTICE


@dataclass(frozen=True, slots=True)
class Window:
    """A span of every year in which only something may begin, or in which nothing may（凍結）: (month, day) to (month, day).

    `applies_to` are node ids. A span that ends before it begins runs over the new year.
    """

    id: str
    label: str
    begins: tuple[int, int]
    ends: tuple[int, int]
    applies_to: tuple[str, ...]
    is_freeze: bool = False
    basis: Basis = Basis.PRODUCT


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a node is to be done, as the source says（目標時期）; `on` None: no date is recorded, `text` says what is."""

    node: str
    on: date | None
    text: str = NOT_RECORDED
    strength: Strength = Strength.GUIDELINE


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


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of a code list: a 業務, a 手続, a status."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable edition of a pack. Links, windows and the rest refer to node ids of this edition.

    `codelists`: the lists that nodes repeat over, by name. `overlays`: the URN of the pack that this one lies over;
    empty for a pack of its own. `sha256` is that of the canonical JSON of the document.
    """

    ref: EditionRef
    title: str
    source: Source
    supersedes: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...] = ()
    windows: tuple[Window, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    succession: tuple[Succession, ...] = ()
    supports: tuple[Support, ...] = ()
    indicators: tuple[IndicatorDefinition, ...] = ()
    codelists: Mapping[str, tuple[Concept, ...]] = field(default_factory=dict)
    overlays: str = ""
    sha256: str = ""

    def node(self, node_id: str) -> Node | None:
        """The node with this id, or None."""
        return next((one for one in self.nodes if one.id == node_id), None)
