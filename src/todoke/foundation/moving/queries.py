"""How moves stand."""

from .models import BodyMove
from .values import Move, Step


def move_of(organisation: str) -> Move | None:
    """The newest move of a body; None when it has never moved. Needs no scope."""
    row = BodyMove.objects.filter(code=organisation).first()
    return None if row is None else Move(row.code, row.source, row.target, Step(row.step), row.begun_at)
