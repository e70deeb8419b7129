"""The nouns of plans: what a body makes of an edition, what a new edition does to it, and the tools of step 0 and 1."""

from .content import (
    BodyWindow,
    Capacity,
    CapacityKind,
    EvidenceRef,
    Item,
    ItemLink,
    ItemState,
    Plan,
    PlanContent,
    PlanKind,
    PlanRef,
    ScopeEntry,
    Span,
    WindowKind,
    key_of,
)

__all__ = [
    "BodyWindow", "Capacity", "CapacityKind", "EvidenceRef", "Item", "ItemLink", "ItemState", "Plan", "PlanContent",
    "PlanKind", "PlanRef", "ScopeEntry", "Span", "WindowKind", "key_of",
]  # fmt: skip
