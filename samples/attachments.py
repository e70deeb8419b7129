"""The attachments of a package: how many, of which format and how large, drawn from one random source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from .documents import docx, pdf, text, xlsx
from .photographs import jpeg, png


class Size(StrEnum):
    """How large the attachments of a package are."""

    SMALL = "small"
    STANDARD = "standard"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class SizeProfile:
    """Ranges in bytes for documents and photographs, and how many photographs there are."""

    document: tuple[int, int]
    photograph: tuple[int, int]
    photographs: tuple[int, int]


PROFILES = {
    Size.SMALL: SizeProfile((2_000, 24_000), (4_000, 60_000), (0, 2)),
    # ≈ 600 KB a package in the mean, as the bench assumes.
    Size.STANDARD: SizeProfile((50_000, 70_000), (50_000, 500_000), (1, 3)),
    Size.LARGE: SizeProfile((500_000, 2_000_000), (2_000_000, 6_000_000), (2, 4)),
}
Maker = Callable[[Random, int], bytes]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the `Attachment/` folder."""

    name: str
    content: bytes


def draw(rng: Random, size: Size) -> tuple[Attachment, ...]:
    """Draw a document (or none) and some photographs for one package."""
    profile = PROFILES[size]
    found: list[Attachment] = []
    if size is not Size.SMALL or rng.random() < 0.85:
        name, maker = rng.choice(
            tuple(DOCUMENTS.items()) if size is Size.SMALL else (("shinseisho.pdf", pdf),)
        )
        found.append(Attachment(name, maker(rng, rng.randint(*profile.document))))
    for number in range(1, rng.randint(*profile.photographs) + 1):
        name, maker = rng.choice(PHOTOGRAPHS)
        found.append(Attachment(name.format(number), maker(rng, rng.randint(*profile.photograph))))
    return tuple(found)


DOCUMENTS: Mapping[str, Maker] = {
    "shinseisho.pdf": pdf,
    "shoumeisho.pdf": pdf,
    "setsumei.docx": docx,
    "shotoku.xlsx": xlsx,
    "memo.txt": text,
}
PHOTOGRAPHS: tuple[tuple[str, Maker], ...] = (
    ("photo{}.jpg", jpeg),
    ("photo{}.jpg", jpeg),
    ("scan{}.png", png),
)
