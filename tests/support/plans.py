"""How SQLite would answer what was asked: which statements read all that a body, or a core system, ever had."""

import re
from collections.abc import Iterable, Mapping

from django.db import connection

# U0 … are what Django calls the tables of a question within a question.
_ALONE = r"INDEX \w+ \((?:organisation_id|core_system_id|channel_id)=\?\)"
_WHOLE = r"SCAN (?:{table}|U\d)\b|SEARCH (?:{table}|U\d) USING [A-Z ]*" + _ALONE


def reading_all_of(
    table: str, asked: Iterable[Mapping[str, str]], *, but: str = " by-no-index "
) -> dict[str, str]:
    """The statements among the captured ones that read a whole table of a body, with their plans; `but` names a short index."""
    statements = [one["sql"] for one in asked if f'"{table}"' in one["sql"]]
    statements = [one for one in statements if one.startswith(("SELECT", "UPDATE", "DELETE"))]
    assert statements, f"nothing was asked of {table}"
    whole, found = re.compile(_WHOLE.format(table=table)), {}
    with connection.cursor() as cursor:
        for one in statements:
            plan = " | ".join(str(row[3]) for row in cursor.execute(f"EXPLAIN QUERY PLAN {one}").fetchall())
            if whole.search(plan.replace(but, "")):
                found[one] = plan
    return found
