"""The verbs of identification: load links, identify the parties of applications, let a clerk decide one."""

from .deciding import decide_party
from .identifying import identify_applications
from .loading import load_links
from .looking_again import look_again

__all__ = ["decide_party", "identify_applications", "load_links", "look_again"]
