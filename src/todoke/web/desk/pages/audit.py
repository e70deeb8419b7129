"""The audit: what was done to, or seen of, one object, and how the chain stands."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from todoke.casework.cases import queries as cases
from todoke.casework.protection.values import HIDDEN
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Use
from todoke.foundation.audit import queries as entries
from todoke.foundation.audit import services as audit_services
from todoke.foundation.audit.values import ActorKind, Stream
from todoke.foundation.calendars.queries import now
from todoke.web.desk import words
from todoke.web.shared.requests import DeskRequest, actor_of, typed_text

NEWEST = 500
MANY = {Use.VIEW: 100, Use.SEARCH: 200, Use.REVEAL: 15}  # in one hour: worth a question, no proof of anything


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry in words."""

    at: datetime
    stream: Stream
    action: str
    actor: str
    terminal: str
    purpose: str
    facts: str


def audit(request: DeskRequest) -> HttpResponse:
    """How far the chain reaches, and the way to one object."""
    kind, object_id = request.GET.get("kind", ""), typed_text(request.GET.get("id", ""), 64)
    if kind in words.OBJECT_KINDS and object_id:
        return redirect("desk:audit-of", kind=kind, object_id=object_id)
    head, waiting = entries.head(), entries.oldest_unchained()
    facts = {
        "head": head, "waiting": waiting, "kinds": words.OBJECT_KINDS, "typed": object_id, "uses": _uses(),
        "many": MANY,
    }  # fmt: skip
    return render(request, "desk/audit.html", facts)


@dataclass(frozen=True, slots=True)
class UseLine:
    """How much one person looked at within a day; `is_many`: more than one person usually needs to."""

    name: str
    searches: int
    views: int
    reveals: int
    busiest: int
    is_many: bool


def _uses() -> list[UseLine]:
    """Who looked at how much since yesterday, the busiest first（W20）."""
    names = {person.pk: person.display_name for person in accounts.all_staff()}
    return [
        UseLine(
            names.get(one.staff_id, "－"), one.counts.get(Use.SEARCH, 0), one.counts.get(Use.VIEW, 0),
            one.counts.get(Use.REVEAL, 0), one.busiest_hour[Use.VIEW],
            is_many=any(one.busiest_hour[use] >= most for use, most in MANY.items()),
        )
        for one in accounts.uses_since(now() - timedelta(days=1))[:NEWEST]
    ]  # fmt: skip


def audit_of(request: DeskRequest, kind: str, object_id: str) -> HttpResponse:
    """Everything about one object; looking is itself recorded."""
    kind, object_id = typed_text(kind, 32), typed_text(object_id, 64)
    lines = _lines(kind, object_id)
    if cases.hides(kind, object_id) and not request.viewer.may(Right.VIEW_PROTECTED):
        lines = [replace(one, purpose=HIDDEN if one.purpose else "") for one in lines]
    if not lines:
        raise Http404
    audit_services.record_read(
        "audit.seen", object_kind=kind, object_id=object_id, actor=actor_of(request), at=now()
    )
    facts = {"kind": words.OBJECT_KINDS.get(kind, kind), "object_id": object_id, "lines": lines}
    return render(request, "desk/audit_of.html", facts)


def _lines(kind: str, object_id: str) -> list[AuditLine]:
    names = {str(person.pk): person.display_name for person in accounts.all_staff()}
    return [
        AuditLine(
            entry.at, Stream(entry.stream), words.ACTIONS.get(entry.action, entry.action),
            names.get(entry.actor_id, entry.actor_id) if entry.actor_kind == ActorKind.STAFF
            else f"{ActorKind(entry.actor_kind).label}（{entry.actor_id}）",
            entry.terminal, entry.purpose, entry.facts if entry.facts != "{}" else "",
        )
        for entry in reversed(entries.of_object(kind, object_id)[-NEWEST:])
    ]  # fmt: skip
