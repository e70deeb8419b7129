"""The words of the code that need a Japanese word: every table, every enumeration, every member of one."""

import importlib
import re
from enum import StrEnum
from functools import cache

from django.apps import apps

from . import tree

ROW = re.compile(r"^\| `([A-Za-z_.]+)` \| ([^|]*[^ |]) \|([^|]*)\|([^|]*)\|$")
GLOSSARY = tree.ROOT / "docs" / "glossary.md"


@cache
def glossary() -> dict[str, str]:
    """Code name → 日本語, as docs/glossary.md says it."""
    rows = (ROW.match(line) for line in GLOSSARY.read_text().splitlines())
    return {row.group(1): row.group(2).strip() for row in rows if row}


@cache
def tables() -> dict[str, str]:
    """Every table of ours: class name → verbose_name."""
    labels = ("foundation", "casework", "programme")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model.__name__: str(model._meta.verbose_name) for model in models}


@cache
def enumerations() -> dict[str, type[StrEnum]]:
    """Every enumeration of words defined in the product, by class name."""
    found: dict[str, type[StrEnum]] = {}
    for file in tree.python_files("src"):
        if file.stem not in ("values", "rights") and "values" not in file.parts:
            continue
        module = importlib.import_module(".".join(file.relative_to(tree.ROOT / "src").with_suffix("").parts))
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, StrEnum) and thing.__module__ == module.__name__:
                found[thing.__name__] = thing
    return found


def labels(enumeration: type[StrEnum]) -> dict[str, str]:
    """Class.MEMBER → its Japanese label."""
    return {
        f"{enumeration.__name__}.{member.name}": str(getattr(member, "label", "")) for member in enumeration
    }
