"""The words of this package with their Japanese labels."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """An enumeration whose members carry the Japanese word for the screen."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """A member with its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
