"""A plan with its schedule as of a day: what every page of roadmap and forecast is composed from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.http import Http404

from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.values import (
    Activity,
    ActivityState,
    Network,
    PlacedActivity,
    Schedule,
    Verdict,
)
from todoke.programme.packs.values import NodeKind
from todoke.programme.plans import queries as plans
from todoke.programme.plans.errors import PlanUnknown
from todoke.programme.plans.values import Item, Plan, PlanContent
from todoke.programme.progress.values import Report

NO_PHASE = "その他"
TRIES = 20


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work that counts: the item, what is computed with, where it lies, and the phase it belongs to."""

    item: Item
    activity: Activity
    place: PlacedActivity
    phase: str

    @property
    def label(self) -> str:
        """Its number, name and 事務, so that it is known by itself."""
        concept = f"（{self.item.concept_label}）" if self.item.concept_label else ""
        return f"{self.item.number}{self.item.label}{concept}"

    @property
    def is_done(self) -> bool:
        """Whether nothing remains to be done."""
        return self.activity.state is ActivityState.DONE

    @property
    def is_dated(self) -> bool:
        """Whether there is anything to place: an estimate, a date, or a report that it is done."""
        known = (
            self.activity.has_estimate,
            self.activity.fixed_start,
            self.activity.fixed_finish,
            self.is_done,
        )
        return any(known)

    @property
    def room_words(self) -> str:
        """What its sign says when it lies on the path with the least room."""
        return "余裕なし" if self.place.float_days <= 0 else "余裕が最も少ない"

    @property
    def is_late(self) -> bool:
        """Whether it ends after its deadline."""
        due = self.activity.deadline
        return due is not None and not self.is_done and self.place.finish > due


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan, its network and its schedule."""

    content: PlanContent
    network: Network
    placed: Schedule
    works: tuple[Work, ...]

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.content.plan

    def labels(self) -> Mapping[str, str]:
        """The words of every activity by its key, hidden ones too."""
        known = {one.key: one.label for one in self.network.activities}
        return {**known, **{one.activity.key: one.label for one in self.works}}


def plan_or_404(uuid: UUID) -> Plan:
    """A plan of this body; of another body, or of nobody, it is no page."""
    try:
        return plans.plan(uuid)
    except PlanUnknown as unknown:
        raise Http404 from unknown


def drawn(uuid: UUID, *, as_of: date) -> Drawn:
    """A plan with its schedule. Raises Http404, OrderInCircle, NetworkBroken, NothingToSchedule, BeyondCalendar."""
    try:
        content = plans.content_to_read(uuid)
    except PlanUnknown as unknown:
        raise Http404 from unknown
    return drawn_of(content, as_of=as_of)


def drawn_of(content: PlanContent, *, as_of: date, known: Mapping[UUID, Report] | None = None) -> Drawn:
    """The same for a plan that was read already, with its reports if those were. Raises as `drawn` without Http404."""
    network = forecasts.network_of_content(content, as_of=as_of, known=known)
    placed = scheduled(network)
    return Drawn(content, network, placed, tuple(_works(content, network, placed)))


@lru_cache(maxsize=16)
def scheduled(network: Network) -> Schedule:
    """The schedule of a network; the same network is computed once, whichever page asks.

    That no plan is in time is said only after as many orders as a kept forecast tries.
    """
    placed = forecasts.schedule(network)
    return forecasts.schedule(network, tries=TRIES) if placed.verdict is Verdict.NOT_FOUND else placed


def _works(content: PlanContent, network: Network, placed: Schedule) -> Iterator[Work]:
    items = {str(one.uuid): one for one in content.items}
    phases = phases_of(content.items)
    for activity, place in zip(network.activities, placed.placed, strict=True):
        item = items.get(activity.key)
        if item is not None and activity.state is not ActivityState.LEFT_OUT:
            yield Work(item, activity, place, phases[item.uuid])


def phases_of(items: Sequence[Item]) -> Mapping[UUID, str]:
    """Each item's phase or step of the guideline; without one, the outermost item that gathers it."""
    known = {one.uuid: one for one in items}

    def phase(item: Item) -> str:
        above: list[Item] = []
        one = known.get(item.parent) if item.parent else None
        while one is not None and one not in above:
            above.append(one)
            one = known.get(one.parent) if one.parent else None
        steps = [each for each in above if each.kind in {NodeKind.PHASE, NodeKind.STEP}]
        found = (steps or above)[-1:]
        return found[0].label if found else NO_PHASE

    return {one.uuid: phase(one) for one in items}
