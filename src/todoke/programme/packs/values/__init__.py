"""The nouns of guideline packs: an edition, its nodes and links, and what became of each node of the edition before."""

from .changes import Change, EditionDiff, Finding, Lineage, NodeFate, PackSummary, PartChange
from .editions import (
    Adjustment,
    Citation,
    Concept,
    Deadline,
    Edition,
    EditionRef,
    Estimate,
    IndicatorDefinition,
    Link,
    Node,
    Period,
    Roles,
    Source,
    Succession,
    Support,
    Window,
)
from .words import (
    NOT_RECORDED,
    Basis,
    ChangeKind,
    EditionOrigin,
    LinkType,
    NodeKind,
    PackSubject,
    Relation,
    Strength,
    Weight,
)

__all__ = [
    "NOT_RECORDED", "Adjustment", "Basis", "Change", "ChangeKind", "Citation", "Concept", "Deadline", "Edition",
    "EditionDiff", "EditionOrigin", "EditionRef", "Estimate", "Finding", "IndicatorDefinition", "Lineage", "Link",
    "LinkType", "Node", "NodeFate", "NodeKind", "PackSubject", "PackSummary", "PartChange", "Period", "Relation", "Roles",
    "Source", "Strength", "Succession", "Support", "Weight", "Window",
]  # fmt: skip
