"""Reading the rules of retention, and which of them counts for a case."""

from collections.abc import Mapping, Sequence
from typing import Any

from todoke.casework.cases.values import CaseStatus, Ended
from todoke.casework.disposal.values import Period, RecordKind, Rule, RuleSet, Start
from todoke.foundation import canonical


def read_rules(document: Mapping[str, Any]) -> RuleSet:  # checked by the schema
    """The rules of a checked document. Raises ValueError for a code given twice, and for what no rule can mean."""
    rules = tuple(_rule(one) for one in document["rules"])
    if len({rule.code for rule in rules}) < len(rules):
        raise ValueError("a code stands twice")
    _refuse_overlaps([rule for rule in rules if rule.kind is RecordKind.CASE])
    digest = canonical.sha256(canonical.words_of(document))
    return RuleSet(document["title"], str(document["edition"]), digest, rules)


def _rule(one: Mapping[str, Any]) -> Rule:  # checked by the schema
    period = Period(one.get("years", 0), one.get("months", 0))
    if period == Period(0):
        raise ValueError("a period without length")
    kind = RecordKind(one["kind"])
    statuses = frozenset(CaseStatus(status) for status in one.get("statuses", ()))
    if (kind is RecordKind.CASE) != bool(statuses):
        raise ValueError("cases have statuses, and nothing else has")
    return Rule(
        one["code"], one["name"], kind, period, Start(one["start"]), statuses, frozenset(one.get("procedures", ())),
        one.get("source", ""), one["checked"],
    )  # fmt: skip


def _refuse_overlaps(rules: Sequence[Rule]) -> None:
    seen: set[tuple[CaseStatus, str]] = set()
    for rule in rules:
        mine = {(status, code) for status in rule.statuses for code in rule.procedures or ("",)}
        if seen & mine:
            raise ValueError("two rules for the same")
        seen |= mine
    for one in rules:
        for other in rules:
            if other.procedures and one.statuses & other.statuses and not one.statuses <= other.statuses:
                raise ValueError("a rule for a procedure covers all that the general one covers")


def ended_of(rule: Rule, rules: RuleSet) -> Ended:
    """The cases a rule is about: one without procedures leaves to the others what they name."""
    if rule.procedures:
        return Ended(rule.statuses, rule.procedures)
    others = (one for one in rules.rules if one.statuses & rule.statuses)
    return Ended(rule.statuses, frozenset(), frozenset().union(*(one.procedures for one in others)))
