"""What is found about an edition, what differs between two, and what became of a node over several."""

from dataclasses import dataclass

from .editions import EditionRef
from .words import ChangeKind, EditionOrigin, PackSubject, Relation, Weight


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not good about a pack: how heavy, where in the document, and the sentence that says what to do."""

    weight: Weight
    code: str
    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one node that differs; both values in words."""

    field: str
    kind: ChangeKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NodeFate:
    """What became of nodes from one edition to another, and what changed where it is one to one.

    `before` is empty for what is new, `after` for what is gone. `is_stated`: the new edition says so itself; otherwise
    the same id was taken to be the same node, and an absent one to be gone.
    """

    relation: Relation
    before: tuple[str, ...]
    after: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    note: str = ""
    is_stated: bool = True

    @property
    def is_semantic(self) -> bool:
        """Whether more than the wording changed."""
        if self.relation in (Relation.SAME, Relation.REWORDED):
            return any(one.kind is ChangeKind.SEMANTIC for one in self.changes)
        return True


@dataclass(frozen=True, slots=True)
class PartChange:
    """A link, window, deadline, support, indicator or code list that only one edition has, or both have differently.

    `part` is its name in the document（links, windows …）, `key` says which one; `before` or `after` None: not there.
    """

    part: str
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class EditionDiff:
    """All differences from one edition to another; every node of both is in exactly one fate."""

    base: EditionRef
    new: EditionRef
    fates: tuple[NodeFate, ...]
    parts: tuple[PartChange, ...] = ()

    def fate_of(self, node_id: str) -> NodeFate | None:
        """What became of a node of the base."""
        return next((one for one in self.fates if node_id in one.before), None)

    def origin_of(self, node_id: str) -> NodeFate | None:
        """Where a node of the new edition comes from."""
        return next((one for one in self.fates if node_id in one.after), None)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a node went over one or more editions: the loosest relation on the way, its heirs, and the editions passed."""

    node: str
    relation: Relation
    heirs: tuple[str, ...]
    path: tuple[EditionRef, ...]


@dataclass(frozen=True, slots=True)
class PackSummary:
    """A pack that a body can use: its name, its newest edition and how many there are; `overlays` as of its editions."""

    pack: str
    title: str
    publisher: str
    subject: PackSubject
    newest: EditionRef
    editions: int
    overlays: str = ""
    origin: EditionOrigin = EditionOrigin.SHIPPED
