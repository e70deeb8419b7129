"""Copies of rows in bulk, made inside SQLite: a few cases that went the whole way become a hundred thousand others.

Ids, uuids and receipt numbers are their own; people and contents repeat. Foreign keys are off meanwhile: the packages
of the copies are not there, and nothing after intake asks for them.
"""

from collections.abc import Mapping

from django.db import connection

_TABLES: Mapping[str, Mapping[str, str]] = {
    "casework_application": {
        "id": "id + {shift}", "package_id": "package_id + {shift}", "uuid": "printf('%032x', id + {shift})",
        "receipt_number": "printf('8%014d', id + {shift})", "content_hash": "printf('%064x', id + {shift})",
        "duplicate_of_id": "NULL", "previous_id": "NULL",
    },
    "casework_case": {
        "id": "id + {shift}", "application_id": "application_id + {shift}", "uuid": "printf('%032x', application_id + {shift})",
        "receipt_number": "printf('8%014d', application_id + {shift})", "previous_id": "NULL",
    },
    "casework_partyrow": {"id": "id + {shift}", "application_id": "application_id + {shift}"},
}  # fmt: skip


def multiply_cases(count: int) -> int:
    """Bring the cases that are there（a few hundred, just opened）to `count`; returns how many there are then."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        made = int(cursor.execute("SELECT max(id) FROM casework_case").fetchone()[0])
        for start in range(made, count, made):
            cursor.execute("BEGIN IMMEDIATE")
            for table, own in _TABLES.items():
                columns = [row[1] for row in cursor.execute(f"PRAGMA table_info({table})").fetchall()]
                last = min(made, count - start)
                chosen = "id" if table == "casework_case" else "application_id" if "party" in table else "id"
                # every case, application and package of this installation has the same number
                values = ", ".join(own.get(name, f'"{name}"').format(shift=start * 10) for name in columns)
                names = ", ".join(f'"{name}"' for name in columns)
                cursor.execute(
                    f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {chosen} <= {last}".replace(
                        "%", "%%"
                    ),
                    [],
                )
            cursor.execute("COMMIT")
        cursor.execute("PRAGMA foreign_keys=ON")
        return int(cursor.execute("SELECT count(*) FROM casework_case").fetchone()[0])
