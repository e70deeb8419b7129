"""Proposing, confirming, refusing, withdrawing; and who may confirm alone."""

from .alone import allow_alone, disallow_alone
from .deciding import confirm, forget_reasons, propose, refuse, withdraw

__all__ = ["allow_alone", "confirm", "disallow_alone", "forget_reasons", "propose", "refuse", "withdraw"]
