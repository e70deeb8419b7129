"""Which right each page of the board asks for. A URL that is not listed here opens for nobody."""

from collections.abc import Mapping

from todoke.foundation.accounts.values import Right

RIGHT_OF: Mapping[str, Right] = {
    "board": Right.VIEW_PLANS,
}
