"""One step of a plan from an edition to the next."""

from collections.abc import Mapping
from dataclasses import dataclass

from todoke.programme.packs.values import Edition, EditionDiff, EditionRef
from todoke.programme.plans.values import Choice

Choices = Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from an edition to the next, overlays laid over both. `own_nodes` are those that only overlays had."""

    base: Edition
    new: Edition
    diff: EditionDiff
    overlays: tuple[EditionRef, ...] = ()
    own_nodes: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """As ids of questions begin: the edition that comes."""
        return f"{self.new.ref.edition}+{self.new.ref.release}"
