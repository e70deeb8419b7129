"""A confined worker for intake that no longer compares the manifest: the benchmark must notice."""

from todoke.casework.intake.rules import confined, manifests
from todoke.casework.intake.rules.confined import read as read


def prepare() -> None:
    """Drop the check, where it is made."""
    confined.prepare()
    manifests.check_manifest = lambda contents, profile: frozenset(contents.digests)
