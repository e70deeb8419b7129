"""A body moves to another database whole, with its chain; killed anywhere, it goes on or back, and nothing is lost."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connections
from pytest_django import Settings

from tests.support.environment import DATABASES
from tests.support.groups import EAST, IN_THE_EAST  # noqa: PLC0414
from tests.support.groups import two_databases as two_databases
from todoke.foundation import databases
from todoke.foundation.audit import queries as audit_queries
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.moving import queries, services
from todoke.foundation.moving.errors import (
    AlreadyThere,
    HouseBusy,
    IdsTaken,
    NothingToUndo,
    OtherMove,
    PlaceUnknown,
)
from todoke.foundation.moving.services import moving, places
from todoke.foundation.moving.services.ranges import first_id
from todoke.foundation.moving.values import MoveReport, Step
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.models import Section
from todoke.foundation.organisations.values import OrganisationKind

from .conftest import ACTOR, MINASE, NOW
from .test_backup import hashes, store

STEPS = ("begun", "held but not noted", "held", "copied but not noted", "copied", "switched but not noted", "switched",
         "done but not noted")  # fmt: skip


@pytest.fixture
def town(two_databases: str, settings: Settings, var_dir: object) -> str:
    """みなせ市 in the directory's database with originals and a chain; ひより町 in the east with ids of its own range."""
    name = str(connections["default"].settings_dict["NAME"])
    settings.VAR = var_dir
    settings.TODOKE_OWNER_URLS = {**settings.TODOKE_OWNER_URLS, "default": owner_of(name)}
    connected_as_owner(lambda: services.keep_ids_apart(EAST))
    for code, title in ((MINASE, "みなせ市"), (IN_THE_EAST, "ひより町")):
        organisations.register_organisation(code, name=title, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        with scope(code):
            organisations.register_section("madoguchi", name="窓口")
        store(code, b"before", 2)
    return MINASE


def owner_of(name: str) -> str:
    from pathlib import Path

    return DATABASES.owner_url(Path(name).stem if "/" in name else name)


def connected_as_owner(act: Callable[[], object]) -> None:
    from contextlib import ExitStack

    from django.conf import settings

    from todoke.cli.migrate import as_owner

    with ExitStack() as owners:
        for alias in settings.TODOKE_OWNER_URLS:
            owners.enter_context(as_owner(alias))
        act()


def move(to: str = EAST, tell: Callable[[str], None] = lambda _: None) -> MoveReport:
    found: list[MoveReport] = []
    connected_as_owner(
        lambda: found.append(
            services.move(MINASE, to, actor=ACTOR, at=now(), tell=tell, sleep=lambda _: None)
        )
    )
    return found[0]


def undo() -> None:
    connected_as_owner(lambda: services.undo(MINASE, actor=ACTOR, at=now()))


def rows_in(alias: str) -> int:
    """How many rows of the body a database really holds."""
    with moving._rows(alias)(alias) as rows:
        return sum(rows.counts(MINASE).values())


def check_lives_in(alias: str, before: dict[int, str]) -> None:
    other = EAST if alias == "default" else "default"
    assert databases.group_of(MINASE) == alias
    assert hashes(MINASE) == before
    assert rows_in(other) == 0
    with scope(MINASE, read_only=True):
        assert audit_queries.verify().is_whole
        assert Section.objects.get().name == "窓口"
    store(MINASE, b"afterwards", 1)
    with scope(IN_THE_EAST, read_only=True):
        assert audit_queries.verify().is_whole


def test_a_body_moves_with_its_chain_and_back_again(town: str) -> None:
    before = hashes(town)
    report = move()
    assert report.move.step is Step.DONE
    assert report.chain > 0
    check_lives_in(EAST, before)
    before = hashes(town)
    move("default")
    check_lives_in("default", before)
    assert databases.moving() == []


def test_the_ids_of_a_group_are_far_from_everybody_elses(town: str) -> None:
    with scope(IN_THE_EAST, read_only=True):
        assert Section.objects.get().pk >= first_id(EAST) > 10**12


@pytest.mark.parametrize("step", STEPS)
def test_a_move_killed_at_any_step_goes_on(town: str, step: str) -> None:
    before = hashes(town)
    kill_at(step)
    assert databases.group_of(town) == ("default" if STEPS.index(step) < STEPS.index("switched") else EAST)
    move()
    check_lives_in(EAST, before)


def kill_at(step: str) -> None:
    """kill -9 a process that moves the body, when it comes to this step."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        move(tell=lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == step else None)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    databases.forget_homes()


@pytest.mark.parametrize("step", ["held but not noted", "copied"])
def test_a_move_that_was_not_switched_can_be_undone(town: str, step: str) -> None:
    before = hashes(town)
    kill_at(step)
    undo()
    check_lives_in("default", before)
    with pytest.raises(NothingToUndo):
        undo()
    move()  # and begun anew


def test_nobody_writes_a_row_of_a_body_on_its_way(town: str) -> None:
    kill_at("held")
    assert databases.moving() == [town]
    with pytest.raises(DatabaseError) as refused, scope(town):
        audit.record("case.moved", object_kind="case", object_id="1", actor=ACTOR, at=now())
    assert databases.is_refused_by_move(refused.value)
    store(IN_THE_EAST, b"others go on", 1)


@pytest.mark.postgresql_only("SQLite's file lock is the machine's")
def test_a_second_machine_cannot_move_a_body_meanwhile(town: str, settings: Settings, tmp_path: Path) -> None:
    with places.house_to_itself():
        settings.VAR = tmp_path  # another machine sees other files
        with pytest.raises(HouseBusy), places.house_to_itself():
            pass
    with places.house_to_itself():
        pass


def test_who_has_not_heard_of_the_switch_can_write_nothing_to_the_old_place(
    town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    move()
    monkeypatch.setattr(databases, "_moves", dict)
    assert databases.group_of(town) == "default"
    with pytest.raises(DatabaseError), scope(town):
        organisations.register_section("hoken", name="保健")
    monkeypatch.undo()
    assert rows_in("default") == 0


def test_a_place_with_the_same_ids_takes_nobody_in(
    two_databases: str, settings: Settings, var_dir: object
) -> None:
    settings.VAR = var_dir
    name = str(connections["default"].settings_dict["NAME"])
    settings.TODOKE_OWNER_URLS = {**settings.TODOKE_OWNER_URLS, "default": owner_of(name)}
    for code in (MINASE, IN_THE_EAST):
        organisations.register_organisation(code, name="町", kind=OrganisationKind.MUNICIPALITY, at=NOW)
        store(code, b"before", 1)
    before = hashes(MINASE)
    with pytest.raises(IdsTaken):
        move()
    assert hashes(MINASE) == before
    assert rows_in(EAST) == 0
    store(MINASE, b"goes on", 1)


def test_nonsense_is_refused_before_anything_changes(town: str) -> None:
    with pytest.raises(PlaceUnknown):
        move("west")
    with pytest.raises(AlreadyThere):
        move("default")
    kill_at("held")
    with pytest.raises(OtherMove):
        move("default")
    assert queries.move_of(IN_THE_EAST) is None


def test_every_fenced_table_moves() -> None:
    assert "foundation_auditentry" in places.tables()
    assert "casework_case" in places.tables()
    assert not {"foundation_organisation", "django_session"} & set(places.tables())
