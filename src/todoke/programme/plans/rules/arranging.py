"""What a first plan makes of the answers: windows by the months of the council, capacities, the leading 課."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import replace
from uuid import uuid5

from todoke.programme.packs.values import Basis
from todoke.programme.plans.values import (
    BodyWindow,
    Capacity,
    CapacityKind,
    Plan,
    PlanContent,
    SetupAnswers,
    WindowKind,
)


def arranged(made: PlanContent, answers: SetupAnswers) -> PlanContent:
    """The plan as the edition would have it, with what the body has answered."""
    items = tuple(
        one if one.section_id is not None else replace(one, section_id=answers.lead_section)
        for one in made.items
    )
    windows = tuple(_windows(made, answers.council_months))
    return replace(made, items=items, windows=windows, capacities=tuple(_capacities(made.plan, answers)))


def _windows(made: PlanContent, months: tuple[int, ...]) -> Iterator[BodyWindow]:
    """Regular sessions of the council in the body's months; everything else as the pack proposes it, to be confirmed."""
    groups: dict[tuple[str, ...], list[BodyWindow]] = {}
    for window in made.windows:
        if window.kind is WindowKind.ASSEMBLY and not window.is_freeze and months:
            groups.setdefault(window.applies_to, []).append(window)
        else:
            yield window
    for alternatives in groups.values():
        yield from _sessions(made.plan, alternatives, months) if len(alternatives) > 1 else alternatives


def _sessions(plan: Plan, alternatives: list[BodyWindow], months: tuple[int, ...]) -> Iterator[BodyWindow]:
    """One window for each month. Proposals for other months are dropped; the first window remembers their names."""
    by_month = {one.begins[0]: one for one in alternatives}
    dropped = [one.source for month, one in by_month.items() if month not in months]
    for month in months:
        found = by_month.get(month)
        if found is None:
            uuid = uuid5(plan.uuid, f"window|{alternatives[0].source}|{month}")
            days = monthrange(2025, month)[1]
            found = replace(
                alternatives[0],
                uuid=uuid,
                label=f"定例会（{month}月）",
                begins=(month, 1),
                ends=(month, days),
                source="",
            )
        source = ",".join(one for one in (found.source, *dropped) if one)
        dropped = []
        yield replace(found, basis=Basis.BODY, source=source)


def _capacities(plan: Plan, answers: SetupAnswers) -> Iterator[Capacity]:
    named: Iterable[tuple[CapacityKind, str, float]] = (
        *((CapacityKind.ROLE, role, units) for role, units in answers.staff.items()),
        *(
            (CapacityKind.VENDOR, name, answers.vendor_slots)
            for name in answers.vendor_names
            if answers.vendor_slots > 0
        ),
    )
    for kind, name, units in named:
        yield Capacity(uuid5(plan.uuid, f"capacity|{kind.value}|{name}"), kind, name, units)
