"""The writers of the roll-up: submitting, taking, forwarding; asking and answering; support; publications."""

from .answering import answer
from .asking import accept, ask, close_enquiry, remind, send_back
from .forwarding import choose_forwarding, forward, forward_by_rule
from .keeping import backfill
from .publishing import take_publication, take_publication_as
from .submitting import submit, submit_as, withdraw
from .summing import sum_up
from .supporting import change_support, enter_support
from .taking import take

__all__ = [
    "accept", "answer", "ask", "backfill", "change_support", "choose_forwarding", "close_enquiry", "enter_support",
    "forward", "forward_by_rule", "remind", "send_back", "submit", "submit_as", "sum_up", "take", "take_publication",
    "take_publication_as", "withdraw",
]  # fmt: skip
