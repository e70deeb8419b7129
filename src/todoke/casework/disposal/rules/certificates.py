"""The disposal certificate（廃棄証明）: what went under which rule, who let it go, when; hashes and ids, no names."""

from collections.abc import Iterable, Mapping

from todoke.casework.disposal.values import DisposalState, DueRecord, Item, Rule, Run
from todoke.foundation.canonical import hash_of, text_of

FORMAT = "todoke-disposal/1"


def list_hash(rule: Rule, rules_digest: str, as_of: str, records: Iterable[DueRecord]) -> str:
    """SHA-256 (hex) of a list: rule, day and every record. Another record, date or rule is another list."""
    shown = {
        "rule": rule.code, "rules": rules_digest, "as_of": as_of,
        "records": [[one.id, one.ended_on.isoformat(), one.due_on.isoformat()] for one in records],
    }  # fmt: skip
    return hash_of(shown)


def certificate_of(organisation: str, run: Run, items: Iterable[Item], *, finished_at: str) -> str:
    """The certificate as canonical JSON, from a run whose items all have an end."""
    lines, counts = [], dict.fromkeys(DisposalState, 0)
    for item in items:
        counts[item.state] += 1
        lines.append(_line(item))
    return text_of({
        "format": FORMAT,
        "organisation": organisation,
        "run": str(run.uuid),
        "rule": {"code": run.rule, "name": run.rule_name, "kind": run.kind.value},
        "as_of": run.as_of.isoformat(),
        "list_sha256": run.list_hash,
        "proposed": {"by": run.proposed_by, "at": run.proposed_at.isoformat()},
        "approved": {"by": run.approved_by, "at": run.approved_at.isoformat() if run.approved_at else ""},
        "finished_at": finished_at,
        "counts": {state.value: count for state, count in counts.items()},
        "records": lines,
    })  # fmt: skip


def _line(item: Item) -> Mapping[str, object]:
    return {
        "number": item.number,
        "uuid": str(item.uuid) if item.uuid else "",
        "ended_on": item.ended_on.isoformat(),
        "due_on": item.due_on.isoformat(),
        "state": item.state.value,
        "at": item.at.isoformat() if item.at else "",
        "sha256": list(item.hashes),
    }
