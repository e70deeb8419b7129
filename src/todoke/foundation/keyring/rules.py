"""How the files of the key ring are named, and which version a name stands for."""

import re

_NAME = re.compile(r"([0-9]{6})(?:\.([1-9][0-9]{0,4}))?\.key")


def file_name(organisation: str, version: int) -> str:
    """`992011.key` is the first version, `992011.2.key` the second."""
    return f"{organisation}.key" if version == 1 else f"{organisation}.{version}.key"


def version_of(name: str) -> tuple[str, int] | None:
    """The body and version that a file name stands for; None for anything else."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2] or 1)) if found else None


def label_of(organisation: str) -> bytes:
    """What binds a body's wrapped key to the body."""
    return b"todoke organisation key " + organisation.encode()
