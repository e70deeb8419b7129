"""Reading a core-system profile: the document must follow the schema, then becomes a value."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from todoke.casework.handover.errors import ProfileInvalid
from todoke.casework.handover.values import (
    CancellationLayout,
    CancelledOriginal,
    Column,
    CoreProfile,
    DateForm,
    NumberNeed,
)

from .batches import matches

NEWLINES = {"CRLF": "\r\n", "LF": "\n"}
_REFERENCES = frozenset({"original.key", "receipt_number"})  # by what a 取消 row says which row it takes back


def read_profile(
    name: str, document: Any, schema: Mapping[str, Any]
) -> CoreProfile:  # Any: it comes from YAML
    """The profile in a document; raises ProfileInvalid, naming the place."""
    wrong = next(
        iter(sorted(Draft202012Validator(schema).iter_errors(document), key=lambda one: one.json_path)), None
    )
    if wrong is not None:
        raise ProfileInvalid(profile=name, where=wrong.json_path)
    if document["name"] != name or document["columns"][0]["source"] != "key":
        raise ProfileInvalid(profile=name, where="$.name, $.columns[0].source")
    cancellation = _cancellation(document)
    if cancellation is not None:
        _check_cancellation(name, document, cancellation)
    return CoreProfile(
        name=name,
        title=document["provenance"]["title"],
        is_confirmed=document["provenance"]["status"] == "確認済",
        encoding=document["encoding"],
        repertoire=document.get("repertoire", "all"),
        delimiter=document["delimiter"],
        newline=NEWLINES[document["newline"]],
        quotes_all=document["quotes"] == "all",
        has_header=document["header"],
        file_name=document["file_name"],
        rows_per_file=document["rows_per_file"],
        procedures=frozenset(document["procedures"]),
        columns=tuple(_column(row) for row in document["columns"]),
        numbers={
            code: tuple(NumberNeed(**need) for need in needs) for code, needs in document["numbers"].items()
        },
        characters=document.get("characters", {}),
        cancellation=cancellation,
    )


def _cancellation(document: Mapping[str, Any]) -> CancellationLayout | None:
    found = document.get("cancellation")
    if found is None:
        return None
    return CancellationLayout(
        columns=tuple(_column(row) for row in found["columns"]),
        file_name=found.get("file_name", ""),
        original=CancelledOriginal(found["ledger"]["original"]),
        is_listed=found["ledger"]["cancellation"] == "listed",
    )


def _check_cancellation(name: str, document: Mapping[str, Any], layout: CancellationLayout) -> None:
    """A 取消 row has a key of its own, says which row it takes back, and cannot be mistaken for another row or file."""
    sources = [column.source for column in layout.columns]
    if sources[0] != "key" or not _REFERENCES & set(sources):
        raise ProfileInvalid(profile=name, where="$.cancellation.columns")
    if layout.file_name:
        stem = layout.file_name.format(system="a", organisation="000000", number=1)
        if matches(document["file_name"], stem):
            raise ProfileInvalid(profile=name, where="$.cancellation.file_name")
    else:
        names = [column.name for column in layout.columns]
        is_marked = any(column.constant for column in layout.columns)
        if not is_marked or names != [row["name"] for row in document["columns"]]:
            raise ProfileInvalid(profile=name, where="$.cancellation.columns")


def _column(row: Mapping[str, Any]) -> Column:
    return Column(
        name=row["name"],
        source=row.get("source", ""),
        constant=row.get("constant", ""),
        label=row["label"],
        is_required=row.get("required", False),
        max_characters=row.get("max_characters"),
        max_bytes=row.get("max_bytes"),
        date_form=DateForm(row["date_form"]) if "date_form" in row else None,
    )
