"""What deployment files say to the product: command lines and settings, read by the product's own readers."""

import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr

from tests.architecture.tree import ROOT
from todoke import __main__ as entry
from todoke.settings import Environment

DEPLOY = ROOT / "deploy"
SETTINGS = {f"TODOKE_{name.upper()}" for name in Environment.model_fields}


def is_understood(arguments: Sequence[str]) -> bool:
    """Whether `todoke ARGUMENTS` names a verb and options that it takes."""
    command = entry.find(arguments)
    if command is None:
        return False
    try:
        with redirect_stderr(io.StringIO()):
            entry.parser(command, entry._load(command)).parse_args(list(arguments[len(command.words) :]))
    except SystemExit:
        return False
    return True


def unknown_settings(names: Iterable[str]) -> set[str]:
    """Names that look like settings and are none."""
    return {name for name in names if name.startswith("TODOKE_")} - SETTINGS


def read_environment(text: str) -> Mapping[str, str]:
    """The assignments of an environment file."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)
