"""Blows at random moments over the whole journey: kill -9, freezing, ending, on every process（F01, F10, F27）."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.support.town import Process, Town
from todoke.casework import journey
from todoke.cli import work

from .crew import Hand

MEAN_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.4)  # at times long enough for a worker to open packages
LONGEST_PAUSE = 1.5
FROZEN_SECONDS = 1.3  # longer than the lease of a trial
LOOK_EVERY = 20  # blows: when the work is done, the rest falls on another installation
HORIZON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many blows at most, from which seed, on how many workers; `shares` weighs the kinds of blow."""

    blows: int
    seed: int
    workers: int = 2
    shares: dict[str, float] = field(
        default_factory=lambda: {
            "worker": 52,
            "everybody": 10,
            "confined": 16,
            "portal": 7,
            "core": 7,
            "freeze": 4,
            "end": 4,
        }
    )


@dataclass
class Struck:
    """What was dealt out: by kind of blow, and by the job that a worker was in when it was hit."""

    kinds: Counter[str] = field(default_factory=Counter)
    jobs: Counter[str] = field(default_factory=Counter)
    ended_badly: int = 0
    confined: set[int] = field(default_factory=set)

    @property
    def kills(self) -> int:
        """How many were kill -9."""
        return sum(count for kind, count in self.kinds.items() if kind not in {"freeze", "end"})

    def add(self, other: "Struck") -> None:
        """Count another run in."""
        self.kinds += other.kinds
        self.jobs += other.jobs
        self.ended_badly += other.ended_badly
        self.confined |= other.confined


class Run:
    """One installation under blows."""

    def __init__(self, town: Town, plan: Plan, *, more: dict[str, Callable[[], bool]] | None = None) -> None:
        """`more` are further kinds of blow that `plan.shares` may name; each says whether it fell."""
        self._town, self._plan = town, plan
        self._rng = random.Random(plan.seed)
        self._crew = [Hand() for _ in range(plan.workers)]
        self._thaws: dict[int, float] = {}
        self._more = more or {}
        self.struck = Struck()

    def strike(self, tell: Callable[[int], None] = lambda _: None) -> Struck:
        """Deal out the blows; returns early when the work is done. Nobody works afterwards."""
        journey.make_ready()  # read once: every child forked from now on has it
        looked = 0
        for hand in self._crew:
            hand.start()
        try:
            while sum(self.struck.kinds.values()) < self._plan.blows:
                time.sleep(self._pause())
                self._thaw_some()
                self._blow()
                dealt = sum(self.struck.kinds.values())
                tell(dealt)
                if dealt >= looked + LOOK_EVERY:
                    looked = dealt
                    if work.unfinished(HORIZON) is None:
                        break
        finally:
            for hand in self._crew:
                hand.kill()
                self.struck.confined |= hand.confined
        return self.struck

    def _pause(self) -> float:
        return min(self._rng.expovariate(1 / self._rng.choice(MEAN_SECONDS)), LONGEST_PAUSE)

    def _blow(self) -> None:
        kind = self._rng.choices(list(self._plan.shares), list(self._plan.shares.values()))[0]
        hand = self._rng.choice(self._crew)
        job = hand.job
        if kind in self._more:
            self.struck.kinds[kind] += self._more[kind]()
        elif kind in {"portal", "core"}:
            self._restart(self._town.portal if kind == "portal" else self._town.core)
            self.struck.kinds[kind] += 1
        elif kind == "everybody":
            self._hit_everybody()
        elif self._hit(kind, hand):
            self.struck.kinds[kind] += 1
            self.struck.jobs[job] += 1

    def _restart(self, neighbour: Process) -> None:
        neighbour.kill()
        time.sleep(self._rng.choice((0, 0, 0.02)))
        neighbour.start()

    def _hit_everybody(self) -> None:
        """All workers at one moment, as when their machine dies; each counts."""
        for one in self._crew:
            self.struck.jobs[one.job] += 1
            one.kill()
        for one in self._crew:
            one.start()
        self.struck.kinds["everybody"] += len(self._crew)

    def _hit(self, kind: str, hand: Hand) -> bool:
        if kind == "confined":
            return hand.kill_confined(self._rng)
        if kind == "freeze":
            if hand.is_frozen or sum(one.is_frozen for one in self._crew) + 1 == len(self._crew):
                return False
            hand.freeze()
            self._thaws[self._crew.index(hand)] = time.monotonic() + FROZEN_SECONDS
            return True
        if kind == "end":
            self._thaw_all()  # whoever is frozen may hold the row that this one waits for to end its batch
            self.struck.ended_badly += not hand.end()
        else:
            hand.kill()
        hand.start()
        return True

    def _thaw_all(self) -> None:
        for place in self._thaws:
            self._crew[place].thaw()
        self._thaws.clear()

    def _thaw_some(self) -> None:
        for place, until in list(self._thaws.items()):
            if time.monotonic() >= until:
                del self._thaws[place]
                if self._crew[place].is_frozen:
                    self._crew[place].thaw()
