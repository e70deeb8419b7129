"""Small editions and plans for tests of the rules: three nodes over a list of two, and whatever a test changes of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from todoke.programme.packs.rules import diff
from todoke.programme.packs.values import (
    Concept,
    Edition,
    EditionRef,
    Estimate,
    Link,
    Node,
    NodeKind,
    Source,
    Succession,
)
from todoke.programme.plans.rules.generating import generate
from todoke.programme.plans.rules.hops import Hop
from todoke.programme.plans.values import Item, Plan, PlanContent, PlanKind, ScopeEntry

PACK = "urn:test:pack"
BUSINESS = (Concept("01", "住民"), Concept("02", "税"))
PLAN = UUID("00000000-0000-4000-8000-000000000001")


def node(
    name: str,
    *,
    likely: float | None = 20.0,
    parent: str = "",
    repeat_over: str = "business",
    label: str = "",
) -> Node:
    """A task; without days it only gathers others."""
    estimate = Estimate(likely / 2, likely, likely * 2) if likely else None
    kind = NodeKind.TASK if likely else NodeKind.PHASE
    return Node(name, label or f"作業{name}", kind, parent, repeat_over=repeat_over, estimate=estimate)


def edition(
    name: str, nodes: Sequence[Node], *, links: Sequence[Link] = (), succession: Sequence[Succession] = (),
    supersedes: str = "", business: Sequence[Concept] = BUSINESS,
) -> Edition:  # fmt: skip
    return Edition(
        EditionRef(PACK, name, 1), f"第{name}版", Source("見本", "架空"), supersedes, tuple(nodes), tuple(links),
        succession=tuple(succession), codelists={"business": tuple(business)},
    )  # fmt: skip


def plan_of(base: Edition, **changed: object) -> PlanContent:
    """The plan that the edition alone makes, covering every concept of its list."""
    scope = tuple(ScopeEntry("business", one.code, one.label) for one in base.codelists["business"])
    plan = Plan(
        0, PLAN, "計画", PlanKind.STANDARDISATION, base.ref, date(2026, 5, 1), datetime(2026, 4, 6, tzinfo=UTC), scope=scope,
    )  # fmt: skip
    return generate(replace(plan, **changed), base, everywhere)  # type: ignore[arg-type]  # fields of a plan


def everywhere(_expression: str) -> bool:
    return True


def hop(base: Edition, new: Edition) -> Hop:
    return Hop(base, new, diff(base, new))


def changed(content: PlanContent, key: str, **values: object) -> PlanContent:
    """The plan with one item changed."""
    items = tuple(
        replace(one, **values) if one.key == key else one  # type: ignore[arg-type]  # fields of an item
        for one in content.items
    )
    return replace(content, items=items)


def item(content: PlanContent, key: str) -> Item:
    found = content.item(key)
    assert found is not None, key
    return found
