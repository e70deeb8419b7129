"""Reading a profile（レイアウト・経路・用語の設定）: YAML by name or path, checked by the schema beside the shipped ones.

Read once and again only when the file has changed, so that a worker sees a correction without a restart.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import jsonschema
import yaml

from todoke.foundation.errors import TodokeError

Profile = TypeVar("Profile")
Document = Mapping[str, Any]  # YAML or JSON that a schema has checked, or is
Reader = Callable[[str, Any, Document], Profile]
Refusal = Callable[..., TodokeError]  # one of the stage's error classes


def load(name_or_path: str, *, folder: Path, read: Reader[Profile], refuse: Refusal) -> Profile:
    """The profile of a shipped name in `folder`, or at a path (a town's own); `read` makes it from the document.

    `read` gets the file's stem, the document and the schema（`folder`/schema.json）. Raises `refuse` with the facts
    profile and where: for a missing file, broken YAML, a document that does not fit, and a ValueError of `read`.
    """
    path = Path(name_or_path)
    if path.suffix not in {".yaml", ".yml"}:
        path = folder / f"{name_or_path}.yaml"
    try:
        changed = path.stat().st_mtime_ns
    except OSError as missing:
        raise refuse(profile=path.name, where="ファイルがありません") from missing
    return cast("Profile", _load(path, changed, folder, read, refuse))


@lru_cache(maxsize=128)
def _load(path: Path, _changed: int, folder: Path, read: Reader[object], refuse: type[TodokeError]) -> object:
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        jsonschema.validate(document, schema)
        return read(path.stem, document, schema)
    except jsonschema.ValidationError as misfit:
        raise refuse(profile=path.name, where=misfit.json_path) from misfit
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as broken:
        raise refuse(profile=path.name, where="YAML") from broken
