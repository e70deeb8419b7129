"""The nouns of the key ring."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BodyKeys:
    """The keys of one body: what is written now is wrapped by `current`; older versions are for reading only."""

    current: int
    by_version: Mapping[int, bytes]

    @property
    def key(self) -> bytes:
        """The key that wraps what is written now."""
        return self.by_version[self.current]

    @property
    def is_rotating(self) -> bool:
        """Whether an older version is still there."""
        return len(self.by_version) > 1


@dataclass(frozen=True, slots=True)
class MasterState:
    """How far a change of the master key is: a new one that is not finished, an old one that is kept."""

    is_changing: bool
    has_old: bool
    to_wrap: int
