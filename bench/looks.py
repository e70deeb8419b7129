"""What it costs to look into the attachments, beside the least that reading them once can cost."""

from collections.abc import Sequence

from todoke.proof import content, sniff

from .figures import Figure, per_application
from .meters import Cost, measure
from .packages import TakenApart


class Looks:
    """The attachments of a bundle in memory, looked into as intake does, and read once by a C call."""

    def __init__(self, packages: Sequence[TakenApart]) -> None:
        """Keep the attachments; the forms and the signature are not looked into."""
        self._packages = len(packages)
        self._files = [
            plain
            for one in packages
            for member, plain in zip(one.members, one.plain, strict=True)
            if "/" in member.name
        ]
        self._costs: list[Cost] = []
        self._floors: list[Cost] = []

    def measure(self) -> None:
        """One round of both."""
        self._floors.append(measure(self._read))
        self._costs.append(measure(self._look))

    def figure(self) -> Figure:
        """The look per application; its floor is one pass over the same bytes."""
        least = min(one.cpu for one in self._floors)
        return per_application(
            "  うち添付の中身 look", [one.cpu for one in self._costs], least, self._packages
        )

    def _read(self) -> None:
        for data in self._files:
            data.count(b"\n")

    def _look(self) -> None:
        for data in self._files:
            content.look(data, sniff.kind_of(data, data, len(data)))
