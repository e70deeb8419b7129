"""One entry per parser of contents, for fuzzing: whatever the bytes begin with, they are looked at as that kind."""

from collections.abc import Callable, Mapping
from functools import partial

from todoke.proof import content
from todoke.proof.sniff import FileKind


def look_as(kind: FileKind, data: bytes) -> None:
    """The quick look, the thorough look and the look at two ends, as a kind that the bytes need not be."""
    content.look(data, kind)
    content.look_whole(data, kind)
    middle = len(data) // 2
    content.look_at_ends(data[:middle], data[middle:], len(data), kind)


def whatever(data: bytes) -> None:
    """As the kind that the bytes themselves tell."""
    content.look_whole(data)


ENTRIES: Mapping[str, Callable[[bytes], None]] = {
    "any": whatever,
    **{kind.value: partial(look_as, kind) for kind in FileKind},
}
