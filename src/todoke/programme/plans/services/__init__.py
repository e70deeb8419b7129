"""The only writers of plans: set up, edit, undo, adopt an edition, and the tools of step 0 and 1."""

from .adopting import adopt_edition, redo_adoption, undo_adoption
from .arranging import (
    add_link,
    confirm_windows,
    relax_link,
    remove_capacity,
    remove_link,
    remove_window,
    set_capacity,
    set_window,
    tighten_link,
)
from .editing import add_evidence, add_item, edit_item
from .setting_up import answer_setup, complete_setup, make_plan, start_setup
from .steering import close_plan, edit_plan, set_scope
from .undoing import redo_change, undo_change

__all__ = [
    "add_evidence", "add_item", "add_link", "adopt_edition", "answer_setup", "close_plan", "complete_setup",
    "confirm_windows", "edit_item", "edit_plan", "make_plan", "redo_adoption", "redo_change", "relax_link",
    "remove_capacity", "remove_link", "remove_window", "set_capacity", "set_scope", "set_window", "start_setup",
    "tighten_link", "undo_adoption", "undo_change",
]  # fmt: skip
