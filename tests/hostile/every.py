"""Every row of the catalogue that is a package, from whichever module it stands in."""

from functools import cache

from tests.hostile import attachments, texts, whole
from tests.hostile.attachments import REFUSED, Attached
from tests.hostile.whole import ACCEPTED, QUARANTINED, Whole


def _attached(row: Attached) -> Whole:
    """An attachment decides about itself alone, unless it is an archive."""
    if row.code == REFUSED:
        return Whole(row.number, row.condition, row.packed, QUARANTINED, REFUSED)
    return Whole(row.number, row.condition, row.packed, ACCEPTED, found=row.code)


@cache
def outside_attachments() -> tuple[Whole, ...]:
    """What the package itself decides, archives in it included; the attachments stand in `screened`."""
    refused = (_attached(row) for row in attachments.ROWS if row.code == REFUSED)
    return (*whole.rows(), *texts.ROWS, *refused)


@cache
def rows() -> tuple[Whole, ...]:
    """All of them, each once."""
    others = (_attached(row) for row in attachments.ROWS if row.code != REFUSED)
    return (*outside_attachments(), *others)
