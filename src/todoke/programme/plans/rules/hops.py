"""One step of a plan from an edition to the next."""

from collections.abc import Mapping
from dataclasses import dataclass

from todoke.programme.packs.values import Edition, EditionDiff, EditionRef
from todoke.programme.plans.values import Choice

Choices = Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from an edition to the next, or to other overlays over the same; overlays are laid over both.

    `own_nodes` are those that only overlays had. `cause` is how reasons begin where no new edition is the cause.
    """

    base: Edition
    new: Edition
    diff: EditionDiff
    overlays: tuple[EditionRef, ...] = ()
    own_nodes: frozenset[str] = frozenset()
    cause: str = ""

    @property
    def name(self) -> str:
        """As ids of questions begin: the edition that comes."""
        return f"{self.new.ref.edition}+{self.new.ref.release}"

    @property
    def because(self) -> str:
        """How the reason of a change begins."""
        return self.cause or f"第{self.new.ref.edition}版で"
