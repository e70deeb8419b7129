"""The plan of a world: who sends what to whom and when, before a single byte of a package is made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from . import kinds, places
from .cast import Cast, NobodyFits, Role

WINDOW = timedelta(days=6, hours=21)
WINDOW_END = places.CLOCK - timedelta(hours=3)
PREFECTURE_SHARE = 0.08
VOLUNTARY_SIGNATURES = 0.15


ANYTHING = kinds.Recipe(0)
DRAWS = 6
# Keeps the group numbers of packages that replace a group away from those of other groups.
APART = 10_000_000


@dataclass(frozen=True, slots=True)
class Planned:
    """One package to come; `rank` counts inside a repeated group, `group` numbers the groups."""

    group: int
    rank: int
    kind: str
    organisation: places.Organisation
    procedure: str
    role: Role
    applied_at: datetime
    received_at: datetime
    is_signed: bool
    receipt_number: str = ""
    first_receipt: str = ""

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    @property
    def is_foreign_resident(self) -> bool:
        """Tell whether the applicant still lives elsewhere (転入予約 goes to the town of destination)."""
        return self.organisation.is_town and self.role.applicant.town != self.organisation.code

    @property
    def channel(self) -> str:
        assert self.organisation.channel is not None
        return self.organisation.channel


@dataclass(frozen=True, slots=True)
class Planner:
    """Draws groups of packages from one random source and one cast."""

    rng: Random
    cast: Cast
    only: places.Organisation | None = None

    def group(self, number: int, kind: str, members: int) -> Iterator[Planned]:
        """Yield the packages of one group in the order in which they are sent."""
        recipe = kinds.MIX.get(kind, ANYTHING)
        first = self._first(number, kind, recipe)
        yield first
        for rank in range(1, members):
            yield self._repeated(first, rank)

    def _first(self, number: int, kind: str, recipe: kinds.Recipe) -> Planned:
        organisation = self.only or self._organisation(recipe)
        procedure = self._procedure(organisation, recipe)
        applied = WINDOW_END - self.rng.random() * WINDOW
        return Planned(
            number, 0, kind, organisation, procedure, self._role(organisation, procedure, kind),
            applied.replace(microsecond=0), self._received(applied),
            procedure in places.SIGNATURE_REQUIRED or self.rng.random() < VOLUNTARY_SIGNATURES,
        )  # fmt: skip

    def _repeated(self, first: Planned, rank: int) -> Planned:
        """Repeat a package: twins are two persons, a second content keeps its time, the rest comes later."""
        if first.kind == "serial_twin":
            other = self._role(first.organisation, first.procedure, kinds.GOOD)
            return replace(first, rank=rank, role=other, received_at=self._received(first.received_at))
        later = first.received_at + timedelta(minutes=7 * rank)
        kept = first.kind in ("same_content", "same_receipt")
        applied = first.applied_at if kept else later
        return replace(first, rank=rank, applied_at=applied, received_at=later + timedelta(minutes=3))

    def _received(self, applied: datetime) -> datetime:
        return (applied + timedelta(minutes=self.rng.randint(3, 60))).replace(microsecond=0)

    def _organisation(self, recipe: kinds.Recipe) -> places.Organisation:
        if "P30" in recipe.procedures and self.rng.random() < PREFECTURE_SHARE:
            return places.BY_CODE["990001"]
        towns = [town for town in places.TOWNS if town.channel == "portal" or not recipe.portal_only]
        # The village gets more packages than its few people would send, to show its channel.
        (town,) = self.rng.choices(towns, [max(town.share, 0.15) for town in towns])
        return town

    def _procedure(self, organisation: places.Organisation, recipe: kinds.Recipe) -> str:
        own = kinds.TOWN_PROCEDURES if organisation.is_town else kinds.PREFECTURE_PROCEDURES
        return self.rng.choice([procedure for procedure in recipe.procedures if procedure in own])

    def _role(self, organisation: places.Organisation, procedure: str, kind: str) -> Role:
        home = organisation if organisation.is_town and procedure != "P33" else self._elsewhere(organisation)
        return self.cast.draw(home, procedure, kind)

    def _elsewhere(self, organisation: places.Organisation) -> places.Organisation:
        return next(town for town in places.TOWNS if town != organisation)


def make(packages: int, residents: int, seed: int) -> list[Planned]:
    """Plan a world of exactly `packages` packages, oldest first; raises NobodyFits in too small a world."""
    groups = kinds.groups_of(packages)
    planted = sum(members for _, members in groups)
    groups += [(kinds.GOOD, 1)] * (packages - planted)
    return _numbered(
        _cast(groups, Planner(Random(f"{seed}/plan"), Cast(seed, residents, Random(f"{seed}/cast"))))
    )


def good_only(organisation: places.Organisation, packages: int, residents: int, seed: int) -> list[Planned]:
    """Plan sound packages for one organisation."""
    cast = Cast(seed, residents, Random(f"{seed}/cast"))
    return _numbered(_cast([(kinds.GOOD, 1)] * packages, Planner(Random(f"{seed}/plan"), cast, organisation)))


def _cast(groups: list[tuple[str, int]], planner: Planner) -> list[Planned]:
    found: list[Planned] = []
    for number, (kind, members) in enumerate(groups):
        found += _group_somewhere(planner, number, kind, members)
    return found


def _group_somewhere(planner: Planner, number: int, kind: str, members: int) -> list[Planned]:
    """Try other towns and procedures when nobody fits; in a very small world the group becomes ordinary."""
    for _ in range(DRAWS):
        try:
            return list(planner.group(number, kind, members))
        except NobodyFits:
            continue
    if kind == kinds.GOOD:
        return list(planner.group(number, kind, members))
    return [
        p
        for extra in range(members)
        for p in _group_somewhere(planner, number + extra * APART, kinds.GOOD, 1)
    ]


def _numbered(planned: list[Planned]) -> list[Planned]:
    """Give receipt numbers (15 digits) in order of arrival; a second content keeps the number of the first."""
    ordered = sorted(planned, key=lambda p: (p.received_at, p.group, p.rank))
    numbers = {
        (p.group, p.rank): f"{p.received_at:%y%m%d}{100_000 + 7 * place:09d}"
        for place, p in enumerate(ordered)
    }
    return [
        replace(
            p,
            receipt_number=numbers[p.group, 0 if p.kind == "same_receipt" else p.rank],
            first_receipt=numbers[p.group, 0],
        )
        for p in ordered
    ]
