"""Reading a core-system profile: the document must follow the schema, then becomes a value."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from todoke.casework.handover.errors import ProfileInvalid
from todoke.casework.handover.values import Column, CoreProfile, DateForm, NumberNeed

NEWLINES = {"CRLF": "\r\n", "LF": "\n"}


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
    )


def _column(row: Mapping[str, Any]) -> Column:
    return Column(
        name=row["name"],
        source=row["source"],
        label=row["label"],
        is_required=row.get("required", False),
        max_characters=row.get("max_characters"),
        max_bytes=row.get("max_bytes"),
        date_form=DateForm(row["date_form"]) if "date_form" in row else None,
    )
