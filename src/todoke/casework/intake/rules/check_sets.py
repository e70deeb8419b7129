"""A set of form checks from its schema-checked document. What a rule leaves unsaid is said by its kind or reason."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from todoke.casework.intake.values import (
    CheckCondition,
    CheckKind,
    CheckReason,
    CheckRule,
    CheckSet,
    Severity,
)
from todoke.casework.relay.values import Provenance
from todoke.japanese import classes

Document = Mapping[str, Any]  # YAML that the schema has checked
REASON_OF: Mapping[CheckKind, str] = {
    CheckKind.REQUIRED: "FRM-101",
    CheckKind.MEANINGFUL: "FRM-113",
    CheckKind.LENGTH: "FRM-102",
    CheckKind.CHARACTERS: "FRM-103",
    CheckKind.FREE_OF: "FRM-103",
    CheckKind.SHAPE: "FRM-104",
    CheckKind.CHOICE: "FRM-105",
    CheckKind.NUMBER: "FRM-106",
    CheckKind.POSTAL_CODE: "FRM-104",
    CheckKind.TELEPHONE: "FRM-104",
    CheckKind.INDIVIDUAL_NUMBER: "NUM-420",
    CheckKind.DATE: "DAT-411",
    CheckKind.DATE_FORM: "FRM-104",
    CheckKind.TIME: "DAT-411",
    CheckKind.DATE_RANGE: "FRM-107",
    CheckKind.AGE: "FRM-109",
    CheckKind.SAME: "FRM-112",
    CheckKind.ATTACHMENTS: "FRM-110",
}
OF_CLASSES = frozenset({CheckKind.CHARACTERS, CheckKind.FREE_OF})
NEED_WORDS = OF_CLASSES | {CheckKind.SHAPE, CheckKind.CHOICE}


def check_set_of(document: Document) -> CheckSet:
    """The set that a document describes; raises ValueError for a rule that cannot be what its author meant."""
    reasons = {code: CheckReason(code, **words) for code, words in document["reasons"].items()}
    every = tuple(_rule(one, reasons) for one in document["every"])
    procedures = {
        code: tuple(_rule(one, reasons) for one in rules) for code, rules in document["procedures"].items()
    }
    _check_ids([every, *procedures.values()])
    return CheckSet(
        name=document["name"],
        provenance=Provenance(**{key: str(value) for key, value in document["provenance"].items()}),
        reasons=tuple(reasons.values()),
        every=every,
        procedures=procedures,
        opening=document["message"]["opening"],
        closing=document["message"]["closing"],
    )


def _check_ids(groups: Sequence[Sequence[CheckRule]]) -> None:
    ids = [rule.id for rules in groups for rule in rules]
    if len(ids) != len(set(ids)):
        raise ValueError("規則の id が重なっています")


def _rule(document: Document, reasons: Mapping[str, CheckReason]) -> CheckRule:
    kind = CheckKind(document["check"])
    code = document.get("reason", REASON_OF[kind])
    words = tuple(document.get("words", ()))
    if code not in reasons or (kind in NEED_WORDS and not words):
        raise ValueError(document["id"])
    if kind in OF_CLASSES and not _are_classes(kind, words):
        raise ValueError(document["id"])
    reason = reasons[code]
    return CheckRule(
        id=document["id"],
        kind=kind,
        field=document["field"],
        label=document["label"],
        severity=Severity(document["severity"]),
        reason=code,
        sentence=_filled(document.get("sentence", reason.sentence), document),
        correction=_filled(document.get("correction", reason.correction), document),
        when=_condition(document["when"]) if "when" in document else None,
        least=_decimal(document, "least"),
        most=_decimal(document, "most"),
        words=words,
        other=document.get("other", ""),
        first=_day(document, "first"),
        last=_day(document, "last"),
    )


def _are_classes(kind: CheckKind, words: Sequence[str]) -> bool:
    return set(words) <= (set(classes.CLASSES) if kind is CheckKind.CHARACTERS else classes.NAMES)


def _filled(text: str, document: Document) -> str:
    """The bounds stand in the words; the field's label is put in where it is found, with its number."""
    for name in ("least", "most", "first", "last"):
        text = text.replace("{" + name + "}", str(document.get(name, "")))
    return text


def _condition(document: Document) -> CheckCondition:
    return CheckCondition(document["field"], document.get("filled"), tuple(document.get("one_of", ())))


def _decimal(document: Document, name: str) -> Decimal | None:
    return Decimal(str(document[name])) if name in document else None


def _day(document: Document, name: str) -> date | None:
    return date.fromisoformat(document[name]) if name in document else None
