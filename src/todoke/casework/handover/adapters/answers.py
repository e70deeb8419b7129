"""Reading a core system's answers: what does not look like an answer counts as none（bad-inputs F15）."""

from collections.abc import Iterable, Mapping
from typing import Any

from todoke.casework.handover.errors import CoreAway
from todoke.casework.handover.values import LedgerOutcome, LedgerRow, Receipt, ReceiptOutcome

Document = Mapping[str, Any]  # JSON or CSV of the other side: checked field by field here
MESSAGE_LENGTH = 400
CODE_LENGTH = 32
NUMBER_LENGTH = 20


def receipt(row: Document) -> Receipt:
    """One receipt; raises CoreAway for garbage."""
    try:
        return Receipt(
            seq=_number(row["seq"]),
            batch=_text(row["batch"], 100),
            key=_text(row["key"], 64),
            outcome=ReceiptOutcome(row["outcome"]),
            code=_text(row.get("code") or "", CODE_LENGTH),
            message=str(row.get("message") or "")[:MESSAGE_LENGTH],
        )
    except (AttributeError, KeyError, TypeError, ValueError) as garbage:
        raise CoreAway from garbage


def ledger_row(row: Document) -> LedgerRow:
    """One row of the core's ledger; raises CoreAway for garbage."""
    try:
        return LedgerRow(_text(row["key"], 64), _text(row["row_sha256"], 64), LedgerOutcome(row["outcome"]))
    except (KeyError, TypeError, ValueError) as garbage:
        raise CoreAway from garbage


def in_order(receipts: Iterable[Receipt], after: int) -> list[Receipt]:
    """Receipts above the cursor, by their number."""
    return sorted((one for one in receipts if one.seq > after), key=lambda one: one.seq)


def _number(value: object) -> int:
    """A whole number as JSON or CSV writes it: Python's own reading takes full-width digits, 1_000 and 1.9 too."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < NUMBER_LENGTH:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError


def _text(value: object, length: int) -> str:
    if not isinstance(value, str) or len(value) > length:
        raise ValueError
    return value
