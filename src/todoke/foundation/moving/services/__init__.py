"""The verbs of moving: move a body（again, where a move was killed）, undo a move, keep the ids of groups apart."""

from .moving import move, undo
from .ranges import keep_ids_apart

__all__ = ["keep_ids_apart", "move", "undo"]
