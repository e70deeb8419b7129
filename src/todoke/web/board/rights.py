"""Which right each page of the board asks for. A URL that is not listed here opens for nobody."""

from collections.abc import Mapping

from todoke.foundation.accounts.values import Right

RIGHT_OF: Mapping[str, Right] = {
    "board": Right.VIEW_PLANS,
    "plans": Right.VIEW_PLANS,
    "new-plan": Right.EDIT_PLANS,
    "set-up-plan": Right.EDIT_PLANS,
    "plan": Right.VIEW_PLANS,
    "plan-csv": Right.VIEW_PLANS,
    "edit-plan": Right.EDIT_PLANS,
    "close-plan": Right.EDIT_PLANS,
    "new-item": Right.EDIT_PLANS,
    "plan-changes": Right.VIEW_PLANS,
    "undo-change": Right.EDIT_PLANS,
    "arrangements": Right.VIEW_PLANS,
    "set-window": Right.EDIT_PLANS,
    "set-capacity": Right.EDIT_PLANS,
    "confirm-windows": Right.EDIT_PLANS,
    "remove-part": Right.EDIT_PLANS,
    "plan-item": Right.VIEW_PLANS,
    "edit-item": Right.EDIT_PLANS,
}
