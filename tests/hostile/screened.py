"""Group A after intake: how each hostile attachment may be opened once it was looked into, and what its copy holds.

The rows are those of `attachments`; here stands what becomes of them on the desk, and what only a scanner or the
sanitiser decides: malware（A01）, a failing sanitiser（A11）.
"""

from dataclasses import dataclass, replace

from sandbox.clamd.server import EICAR
from tests.hostile import attachments
from tests.hostile.attachments import FLAGGED, REFUSED, SOUND, Attached
from tests.hostile.material import pdfs, pictures
from tests.proof import zips
from tests.proof.zips import Part

EMPTY, UNSEEN = "ATT-604", "ATT-616"


@dataclass(frozen=True, slots=True)
class Screened:
    """One attachment: how intake leaves it, and whether its original opens at once（FREE）for anybody."""

    attached: Attached
    is_malware: bool = False

    def __str__(self) -> str:
        return str(self.attached)

    @property
    def opens_at_once(self) -> bool | None:
        """Sound files, and empty ones: everything else is a copy, a reason, or a seal. None: the whole look decides."""
        if self.attached.code == UNSEEN:
            return None
        return not self.is_malware and (self.attached.state is SOUND or self.attached.code == EMPTY)


def _infected(condition: str, name: str, content: bytes) -> Screened:
    return Screened(Attached("A01", condition, name, lambda: content), is_malware=True)


MALWARE = (
    _infected("EICAR in a text", "a.txt", EICAR),
    _infected("EICAR behind a picture", "a.jpg", pictures.drawn("JPEG") + EICAR),
    _infected("EICAR behind a document", "a.pdf", pdfs.build(pdfs.sound()) + b"\n%" + EICAR),
)
NESTED = zips.build([Part(b"b.zip", zips.build([Part(b"c.zip", zips.build([Part(b"d.com", EICAR)]))]))])
"""EICAR in zip in zip: the package that carries it is refused at intake（Z01）; the scanner is asked in test_screened."""


def rows() -> list[Screened]:
    """Every row whose package is accepted; the largest are left to the tests of the parts."""
    found = [one for one in attachments.ROWS if one.code != REFUSED and not _is_slow(one)]
    return [*MALWARE, *(Screened(one) for one in found)]


def _is_slow(one: Attached) -> bool:
    """500 pages to draw: proved once, not for each variant."""
    return "500" in one.condition and one.state is SOUND


def flagged_document() -> Attached:
    """A doubtful PDF, for sanitisers that fail."""
    return next(
        replace(one, condition="a sanitiser that fails")
        for one in attachments.ROWS
        if one.number == "A03" and one.state is FLAGGED
    )
