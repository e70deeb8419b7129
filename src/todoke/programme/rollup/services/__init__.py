"""The writers of the roll-up: submitting, taking, forwarding; asking and answering; support; publications."""

from .answering import answer
from .asking import accept, ask, close_enquiry, remind, send_back
from .forwarding import choose_forwarding, forward, forward_by_rule
from .keeping import backfill
from .publishing import take_publication
from .submitting import submit, withdraw
from .supporting import change_support, enter_support
from .taking import take

__all__ = [
    "accept", "answer", "ask", "backfill", "change_support", "choose_forwarding", "close_enquiry", "enter_support",
    "forward", "forward_by_rule", "remind", "send_back", "submit", "take", "take_publication", "withdraw",
]  # fmt: skip
