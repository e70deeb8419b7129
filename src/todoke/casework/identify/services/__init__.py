"""The verbs of identification: load links, identify the parties of applications, let two people decide one."""

from .deciding import confirm_decision, drop_decision, propose_decision
from .disposing import dispose_parties
from .identifying import identify_applications
from .loading import load_links
from .looking_again import look_again

__all__ = [
    "confirm_decision", "dispose_parties", "drop_decision", "identify_applications", "load_links", "look_again",
    "propose_decision",
]  # fmt: skip
