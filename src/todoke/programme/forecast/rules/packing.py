"""Capacities as one long integer: adding, testing and jumping over full weeks are a few operations on whole numbers.

Time is cut into buckets of `grain` working days. A bucket has one field per resource; all buckets lie behind each other
in one Python integer. A field holds what is taken, in hundredths × days. To test whether a demand fits into all its
buckets at once, it is added together with a bias that makes exactly the overfull fields carry into their topmost bit.
"""

from collections.abc import Sequence

Pattern = tuple[int, int, int]  # what to add for the test, the topmost bits to look at, what is taken


class Shelf:
    """The layout of the fields for some resources, and what is taken before anything is placed."""

    __slots__ = ("bits", "grain", "most", "ones", "taken", "width")

    def __init__(self, most: Sequence[int], grain: int) -> None:
        """`most`: the highest capacity of each resource at any time, in hundredths."""
        self.grain = grain
        self.most = tuple(most)
        self.bits = (max(most, default=0) * grain).bit_length() + 2
        self.width = self.bits * max(len(most), 1)
        self.ones: dict[int, int] = {}
        self.taken = 0

    def repeat(self, count: int) -> int:
        """A one in the lowest bit of each of so many buckets."""
        found = self.ones.get(count)
        if found is None:
            found = self.ones[count] = ((1 << self.width * count) - 1) // ((1 << self.width) - 1)
        return found

    def withhold(self, resource: int, buckets: Sequence[int]) -> None:
        """Take away what a resource has less than its most; `buckets` is what there is in each, hundredths × days."""
        full = self.most[resource] * self.grain
        begin = 0
        for place in range(1, len(buckets) + 1):
            if place < len(buckets) and buckets[place] == buckets[begin]:
                continue
            missing = full - buckets[begin]
            if missing:
                field = missing << resource * self.bits
                self.taken += field * self.repeat(place - begin) << begin * self.width
            begin = place


class Patterns(dict[int, Pattern]):
    """The pattern of one demand by duration and offset in the first bucket: key = duration × grain + offset."""

    __slots__ = ("bias", "demand", "guard", "shelf")

    def __init__(self, shelf: Shelf, demand: Sequence[tuple[int, int]]) -> None:
        """`demand`: (resource, hundredths), none above the resource's most."""
        super().__init__()
        self.shelf = shelf
        self.demand = self.bias = self.guard = 0
        top = 1 << (shelf.bits - 1)
        for resource, hundredths in demand:
            at = resource * shelf.bits
            self.demand |= hundredths << at
            self.bias |= (top - 1 - shelf.most[resource] * shelf.grain) << at
            self.guard |= top << at

    def __missing__(self, key: int) -> Pattern:
        """Build a pattern when it is first asked for."""
        shelf, grain = self.shelf, self.shelf.grain
        duration, offset = divmod(key, grain)
        first = min(duration, grain - offset)
        full, last = divmod(duration - first, grain)
        taken = self.demand * first
        if full:
            taken |= self.demand * grain * shelf.repeat(full) << shelf.width
        if last:
            taken |= self.demand * last << shelf.width * (1 + full)
        spread = shelf.repeat(1 + full + (last > 0))
        pattern = (taken + self.bias * spread, self.guard * spread, taken)
        self[key] = pattern
        return pattern
