"""The only writers of plans: set up, edit, undo, adopt an edition, and the tools of step 0 and 1."""

from .adopting import adopt_edition, adopt_overlays, redo_adoption, undo_adoption
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
from .recording import (
    WorkshopGiven,
    add_finding,
    leave_finding,
    record_assessment,
    record_statement,
    record_workshop,
    take_finding,
)
from .setting_up import answer_setup, complete_setup, make_plan, start_setup
from .steering import close_plan, edit_plan, set_scope
from .surveying import answer_survey, close_round, issue_codes, open_round
from .undoing import redo_change, undo_change
from .writing import keep_plan

__all__ = [
    "WorkshopGiven",
    "add_evidence",
    "add_finding",
    "add_item",
    "add_link",
    "adopt_edition",
    "adopt_overlays",
    "answer_setup",
    "answer_survey",
    "close_plan",
    "close_round",
    "complete_setup",
    "confirm_windows",
    "edit_item",
    "edit_plan",
    "issue_codes",
    "keep_plan",
    "leave_finding",
    "make_plan",
    "open_round",
    "record_assessment",
    "record_statement",
    "record_workshop",
    "redo_adoption",
    "redo_change",
    "relax_link",
    "remove_capacity",
    "remove_link",
    "remove_window",
    "set_capacity",
    "set_scope",
    "set_window",
    "start_setup",
    "take_finding",
    "tighten_link",
    "undo_adoption",
    "undo_change",
]  # fmt: skip
