"""The only writers of plans: set up, edit, undo, adopt an edition, and the tools of step 0 and 1."""

from .adopting import adopt_edition, redo_adoption, undo_adoption
from .editing import add_evidence, add_item, edit_item
from .undoing import redo_change, undo_change

__all__ = [
    "add_evidence", "add_item", "adopt_edition", "edit_item", "redo_adoption", "redo_change", "undo_adoption", "undo_change",
]  # fmt: skip
