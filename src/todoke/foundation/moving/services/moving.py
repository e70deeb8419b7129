"""Moving a body: hold what is written, copy, verify, switch, clear — each step may be begun again, whoever killed it.

The step that is over stands in the directory. While a body is held, triggers in its old database refuse every write
of it, so that whoever has not heard of the move（another process, another machine）can lose nothing: what it wants to
write is refused, and nothing goes outside, because a row is claimed by a write before it is sent. The same triggers
stay after the switch. Originals, keys and seals do not move: they lie by the body's code. Connect as the owners.
"""

import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from todoke.foundation import databases
from todoke.foundation.audit import queries as audit_queries
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import scope
from todoke.foundation.moving import queries
from todoke.foundation.moving.errors import (
    AlreadyThere,
    CopyDiffers,
    IdsTaken,
    NothingToUndo,
    OtherMove,
    OtherProduct,
    PlaceUnknown,
)
from todoke.foundation.moving.models import BodyMove
from todoke.foundation.moving.values import Move, MoveReport, Step

from . import postgres_rows, sqlite_rows
from .places import house_to_itself

Tell = Callable[[str], None]


def move(
    organisation: str,
    target: str,
    *,
    actor: Actor,
    at: datetime,
    tell: Tell = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> MoveReport:
    """Move a body's rows into another database, or go on where a move of it was killed. Raises the MOV errors.

    Returns when the body lives there and its old rows are gone. The caller knows that the body is registered.
    `tell` hears every step, when it is begun and when it is over but not yet noted.
    """
    with house_to_itself():
        begun = _begin(organisation, target, actor=actor, at=at)
        if begun.step is Step.BEGUN:
            tell("begun")
            sleep(
                2 * databases.HOMES_SECONDS
            )  # by then every worker knows, and begins nothing new for the body
            _hold(begun)
            begun = _note(begun, Step.HELD, tell)
        if begun.step is Step.HELD:
            tell("held")
            _copy(begun, actor=actor, at=at)
            begun = _note(begun, Step.COPIED, tell)
        if begun.step is Step.COPIED:
            tell("copied")
            begun = _note(begun, Step.SWITCHED, tell)
        counts, chain = _counts(begun)
        if begun.step is Step.SWITCHED:
            tell("switched")
            sleep(2 * databases.HOMES_SECONDS)  # by then nobody reads the old rows any more
            _clear(begun, begun.source)
            with scope(organisation):
                _record("organisation.moved", begun, actor=actor, at=at)
            begun = _note(begun, Step.DONE, tell)
        return MoveReport(begun, counts, chain)


def undo(organisation: str, *, actor: Actor, at: datetime) -> Move:
    """Take a move back that has not been switched: the body goes on where it is. Raises NothingToUndo, HouseBusy."""
    with house_to_itself():
        begun = queries.move_of(organisation)
        if begun is None or begun.step in (Step.SWITCHED, Step.DONE):
            raise NothingToUndo(organisation=organisation)
        _undo(begun, actor=actor, at=at)
        return begun


def _begin(organisation: str, target: str, *, actor: Actor, at: datetime) -> Move:
    """The move under way, or a new one. An order to move where a move was switched already goes on with it."""
    known = queries.move_of(organisation)
    if known is not None and known.step is not Step.DONE:
        if known.target != target:
            raise OtherMove(organisation=organisation, group=known.target)
        return known
    source = databases.group_of(organisation)
    if target != DEFAULT_DB_ALIAS and target not in databases.groups():
        raise PlaceUnknown(group=target)
    if source == target:
        raise AlreadyThere(organisation=organisation, group=target)
    if connections[source].vendor != connections[target].vendor:
        raise OtherProduct
    begun = Move(organisation, source, target, Step.BEGUN, at)
    with scope(organisation):
        _record("organisation.move_begun", begun, actor=actor, at=at)
    BodyMove.objects.update_or_create(
        code=organisation,
        defaults={"source": source, "target": target, "step": Step.BEGUN.value, "begun_at": at},
    )
    databases.forget_homes()
    return begun


def _record(action: str, move: Move, *, actor: Actor, at: datetime) -> None:
    audit.record(
        action, object_kind="organisation", object_id=move.organisation, actor=actor, at=at,
        facts={"from": move.source, "to": move.target},
    )  # fmt: skip


def _note(begun: Move, step: Step, tell: Tell) -> Move:
    tell(f"{step.value} but not noted")
    BodyMove.objects.filter(code=begun.organisation).update(step=step.value)
    databases.forget_homes()
    return Move(begun.organisation, begun.source, begun.target, step, begun.begun_at)


def _rows(alias: str) -> type[postgres_rows.Rows] | type[sqlite_rows.Rows]:
    return postgres_rows.Rows if connections[alias].vendor == "postgresql" else sqlite_rows.Rows


def _hold(begun: Move) -> None:
    with _rows(begun.source)(begun.source) as rows:
        rows.hold(begun.organisation)


def _copy(begun: Move, *, actor: Actor, at: datetime) -> None:
    """All rows in one transaction of the target, counted; then the chain verified where it now stands."""
    try:
        with _rows(begun.target)(begun.target) as rows:
            rows.release(begun.organisation)  # from a time when the body moved away from here
            rows.clear(begun.organisation)
            rows.take_from(begun.source, begun.organisation)
    except IdsTaken:
        _undo(begun, actor=actor, at=at)
        raise
    _counts(begun)


def _counts(begun: Move) -> tuple[dict[str, int], int]:
    """Rows per table and links of the chain at the target. Raises CopyDiffers when they are not those of the source.

    After the switch the target goes on living, and only the chain is verified.
    """
    with _rows(begun.target)(begun.target) as rows:
        found = rows.counts(begun.organisation)
    if begun.step is Step.HELD:
        with _rows(begun.source)(begun.source) as rows:
            expected = rows.counts(begun.organisation)
        wrong = sorted(table for table in expected if expected[table] != found.get(table))
        if wrong:
            raise CopyDiffers(where=", ".join(wrong))
    with databases.standing_in(begun.target), scope(begun.organisation, read_only=True):
        report = audit_queries.verify()
    if not report.is_whole:
        raise CopyDiffers(where="foundation_auditlink")
    return found, found.get("foundation_auditlink", 0)


def _clear(begun: Move, alias: str) -> None:
    with _rows(alias)(alias) as rows:
        rows.clear(begun.organisation)


def _forget(begun: Move) -> None:
    """Forget the move. A body that lives where an earlier move brought it keeps that home."""
    rows = BodyMove.objects.filter(code=begun.organisation)
    if settings.TODOKE_GROUPS.get(begun.organisation, DEFAULT_DB_ALIAS) == begun.source:
        rows.delete()
    else:
        rows.update(target=begun.source, source=begun.target, step=Step.DONE.value)
    databases.forget_homes()


def _undo(begun: Move, *, actor: Actor, at: datetime) -> None:
    """Killed in the middle, the move stands at its beginning, from where it can go on or be undone."""
    BodyMove.objects.filter(code=begun.organisation).update(step=Step.BEGUN.value)
    _clear(begun, begun.target)
    with _rows(begun.source)(begun.source) as rows:
        rows.release(begun.organisation)
    _forget(begun)
    with scope(begun.organisation):
        _record("organisation.move_undone", begun, actor=actor, at=at)
