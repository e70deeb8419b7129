"""Words of the code with their Japanese labels: the base of every enumeration that a screen shows."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """An enumeration whose members carry the Japanese word: `RETURNED = "returned", "補正依頼中"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """A member with its label; calling the class with one value looks a member up, as ever."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs (value, label) for a model field or a form."""
        return [(member.value, member.label) for member in cls]
