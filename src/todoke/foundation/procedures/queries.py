"""The catalogue and who answers for what."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from todoke.foundation.fence import aware, select_rows

from .errors import ProcedureUnknown
from .models import ProcedureDesk
from .values import Desk, DuplicateScope, Procedure, ProcedureKind

CATALOGUE = Path(__file__).parent / "profiles" / "procedures-2024.yaml"


@cache
def catalogue() -> Mapping[str, Procedure]:
    """Every procedure of the shipped edition by code, in the order of the official list."""
    document = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return {
        row["code"]: Procedure(
            code=row["code"], name=row["name"], group=row["group"], level=row["level"], channel=row["channel"],
            kind=ProcedureKind(row["kind"]), core_business=row["core_business"],
            needs_signature=row["needs_signature"],
            duplicate_scope=DuplicateScope(row.get("duplicate_scope", DuplicateScope.PERSON.value)),
        )
        for row in document["procedures"]
    }  # fmt: skip


def procedure(code: str) -> Procedure:
    """The procedure with this code; raises ProcedureUnknown."""
    found = catalogue().get(code)
    if found is None:
        raise ProcedureUnknown(procedure=code)
    return found


def desks() -> Mapping[str, Desk]:
    """Who answers for each procedure of the body in scope, by procedure code, with one query."""
    rows = select_rows(
        ProcedureDesk, ("procedure", "section_id", "is_active", "needs_signature", "closes_at")
    )
    known = catalogue()
    return {
        code: Desk(
            code, section_id, bool(is_active),
            known[code].needs_signature if needs_signature is None else bool(needs_signature),
            closes_at and aware(closes_at),
        )
        for code, section_id, is_active, needs_signature, closes_at in rows
        if code in known
    }  # fmt: skip
