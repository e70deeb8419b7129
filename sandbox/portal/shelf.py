"""What lies ready at the portal: applications by body, and which of two variants of one number is shown."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One application as the portal lists it; `verification` is passed on as the data hold it, if they do."""

    receipt_number: str
    organisation: str
    procedure_code: str
    reception_date: str
    file: Path
    variant: int
    faults: tuple[str, ...]
    verification: object = None

    @property
    def moment(self) -> datetime:
        """The reception date as a moment."""
        return datetime.fromisoformat(self.reception_date)


class Shelf:
    """The applications of one data folder（portal/index.jsonl and the ZIPs it names）.

    A number may have two variants: the second is listed, with its later date, once the first was fetched whole.
    """

    def __init__(self, data: Path, fetched: Iterable[tuple[str, int]]) -> None:
        """Read the index; `fetched` are (number, variant) pairs that were fetched before."""
        self._rows = list(_read(data))
        self._fetched = set(fetched)
        self._lock = threading.Lock()
        self._failed: set[str] = set()

    def listed(self, organisation: str, since: datetime | None, until: datetime | None) -> list[Row]:
        """What a body may see, by reception date and number; a row whose data say so stands there twice."""
        shown = [
            row
            for row in self._rows
            if row.organisation == organisation
            and (row.variant == 0 or (row.receipt_number, 0) in self._fetched)
            and (since is None or row.moment >= since)
            and (until is None or row.moment <= until)
        ]
        shown += [row for row in shown if "list_twice" in row.faults]
        return sorted(shown, key=lambda row: (row.moment, row.receipt_number))

    def find(self, organisation: str, receipt_number: str, reception_date: str | None = None) -> Row | None:
        """The row a fetch gets: that of the reception date, if it says one; else the newest that is shown."""
        rows = [
            r for r in self._rows if r.organisation == organisation and r.receipt_number == receipt_number
        ]
        said = [r for r in rows if r.reception_date == reception_date]
        if said:
            return said[0]
        ready = [r for r in rows if r.variant == 0 or (receipt_number, 0) in self._fetched]
        return max(ready, key=lambda row: row.variant) if ready else None

    def fails_once(self, row: Row) -> bool:
        """Whether this fetch fails because the data say that the first one does."""
        with self._lock:
            if "fetch_once_fails" not in row.faults or row.receipt_number in self._failed:
                return False
            self._failed.add(row.receipt_number)
            return True

    def note_fetched(self, row: Row) -> bool:
        """Remember that a row was sent whole; True for the first time."""
        with self._lock:
            is_new = (row.receipt_number, row.variant) not in self._fetched
            self._fetched.add((row.receipt_number, row.variant))
            return is_new


def _read(data: Path) -> Iterable[Row]:
    index = data / "portal" / "index.jsonl"
    for text in index.read_text(encoding="utf-8").splitlines() if index.exists() else []:
        line = json.loads(text)
        yield Row(
            line["receipt_number"],
            line["organisation"],
            line["procedure_code"],
            line["reception_date"],
            data / line["file"],
            int(line.get("variant", 0)),
            tuple(line.get("faults", [])),
            line.get("verification"),
        )
