"""Groups of bodies live on databases of their own; the directory knows who they are; lists may read a follower."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import OperationalError, connection, connections
from django.db.models import ForeignKey, UniqueConstraint
from pytest_django import Settings

from tests.support.clock import START
from tests.support.groups import IN_THE_EAST  # noqa: PLC0414
from tests.support.groups import follower as follower
from tests.support.groups import two_databases as two_databases
from todoke.casework import gauges
from todoke.cli import doctor
from todoke.foundation import databases, health
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.values import Right, Role, RoleGiven, Viewer
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import from_follower, scope
from todoke.foundation.organisations import services
from todoke.foundation.organisations.models import Organisation, Section
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.walls import is_fenced
from todoke.programme.plans import queries as plan_queries
from todoke.programme.plans import services as plans
from todoke.programme.plans.models import StatementRow
from todoke.settings import read_groups

MINASE = "992011"
ACTOR = Actor(ActorKind.COMMAND, "test")


def register() -> None:
    for code, name in ((MINASE, "みなせ市"), (IN_THE_EAST, "ひより町")):
        services.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=START)
        with scope(code):
            services.register_section("madoguchi", name=f"窓口 {code}")


def sections_in(alias: str) -> list[str]:
    """What a database really holds, whatever stands in for what: asked with every body's scope in turn."""
    found: list[str] = []
    for code in (MINASE, IN_THE_EAST):
        with connections[alias].cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT set_config('todoke.organisation', %s, false)", [code])
            cursor.execute(
                "SELECT organisation_id FROM foundation_section WHERE organisation_id = %s", [code]
            )
            found += [row[0] for row in cursor.fetchall()]
    return found


def test_a_bodys_rows_are_in_the_database_of_its_group_and_in_no_other(two_databases: str) -> None:
    register()
    assert sections_in("default") == [MINASE]
    assert sections_in(two_databases) == [IN_THE_EAST]
    for code in (MINASE, IN_THE_EAST):
        with scope(code, read_only=True):
            assert [one.name for one in Section.objects.all()] == [f"窓口 {code}"]


def test_plans_of_a_body_are_in_the_database_of_its_group_too(two_databases: str) -> None:
    register()
    officer = Viewer(IN_THE_EAST, 1, "担当", frozenset({Right.EDIT_PLANS}), None)
    with scope(IN_THE_EAST):
        plans.record_statement(officer, office="市長", text="書かない", stated_on=START.date(), at=START)
        assert [one.text for one in plan_queries.statements()] == ["書かない"]
    with scope(IN_THE_EAST, read_only=True):
        assert [one.text for one in plan_queries.statements()] == ["書かない"]
        assert StatementRow.objects.using(two_databases).count() == 1


def test_what_belongs_to_a_body_and_nothing_else_goes_where_its_scope_is() -> None:
    place = databases.Router().db_for_read
    assert not [model for model in apps.get_models() if (place(model) is None) != is_fenced(model)]


def test_nothing_that_must_be_unique_looks_beyond_its_body() -> None:
    known_by_chance = {"uuid", "session_key", "sha256"}  # random, or of something random
    beyond = {"foundation.Staff.sign_in_name"}  # the directory's register of names sees to it
    found = set[str]()
    for model in filter(is_fenced, apps.get_models()):
        assert not model._meta.get_field("organisation").null, model
        own = {one.name for one in model._meta.fields if isinstance(one, ForeignKey)}
        sets = [set(one.fields) for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
        sets += [{one.name} for one in model._meta.fields if one.unique and not one.primary_key]
        found |= {
            f"{model._meta.label}.{'+'.join(sorted(one))}"
            for one in sets
            if not one & (own | known_by_chance)
        }
    assert found == beyond


def test_the_register_of_bodies_is_in_the_directory_and_the_same_inside_a_scope(two_databases: str) -> None:
    register()
    assert [one.code for one in organisations()] == [MINASE, IN_THE_EAST]
    with scope(IN_THE_EAST):
        assert [one.code for one in organisations()] == [MINASE, IN_THE_EAST]
        assert databases.directory() == databases.DIRECTORY
        assert Section.objects.get().organisation.name == "ひより町"
    assert databases.directory() == "default"
    copies = Organisation.objects.using(two_databases).values_list("code", flat=True)
    assert list(copies) == [IN_THE_EAST]


def test_a_group_that_is_away_is_an_alert_and_closes_nobody_elses_desk(
    two_databases: str, var_dir: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    connections[two_databases].close()

    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connections[two_databases], "connect", refuse)
    found = {one.name: one.found for one in gauges.take()}
    assert found["todoke_readings_failed"] == {(): 1.0}
    assert {body for body, _ in found["todoke_queue_depth"]} == {MINASE}
    assert health.Readiness(with_originals=False).missing() == ()
    away = next(one for one in organisations() if one.code == IN_THE_EAST)
    assert [one.health for one in doctor._looked_at(away)] == [doctor.Health.BAD]
    settings.TODOKE_GROUPS = {MINASE: two_databases, IN_THE_EAST: two_databases}
    assert health.Readiness(with_originals=False).missing() == (health.DATABASE_AWAY,)


def test_what_fails_in_a_scope_is_taken_back_in_the_group_and_the_default_returns(two_databases: str) -> None:
    register()
    home = connections["default"]
    with pytest.raises(KeyError), scope(IN_THE_EAST):
        services.register_section("zeimu", name="税務課")
        raise KeyError
    assert connections["default"] is home
    assert sections_in(two_databases) == [IN_THE_EAST]


def test_a_person_of_a_group_is_found_by_name_in_the_directory(two_databases: str) -> None:
    register()
    with scope(IN_THE_EAST):
        with scope(IN_THE_EAST):
            account_services.create_staff(
                "hiyori.kakari", display_name="係", password=None, roles=[RoleGiven(Role.RECEPTION, None)],
                actor=ACTOR, at=START,
            )  # fmt: skip
    assert accounts.organisation_of("hiyori.kakari") == IN_THE_EAST
    with scope(IN_THE_EAST, read_only=True):
        assert accounts.staff_by_name("hiyori.kakari") is not None
        account_services.count_try("a key", at=START)
        account_services.forget_tries("a key")


def test_a_file_of_groups_says_who_is_where(tmp_path: Path) -> None:
    path = tmp_path / "groups.yaml"
    path.write_text('east: {url: "postgresql://h/east", organisations: ["993018"]}\n', encoding="utf-8")
    assert read_groups(path)["east"].organisations == ["993018"]


@pytest.mark.parametrize(
    "text",
    [
        'east: {url: "sqlite:///a", organisations: [993018]}',
        'east: {url: "sqlite:///a", organisations: ["993018"]}\nwest: {url: "sqlite:///b", organisations: ["993018"]}',
        'default: {url: "sqlite:///a", organisations: ["993018"]}',
        'east: {url: "sqlite:///a", organisations: ["993018"], color: red}',
    ],
)
def test_a_file_of_groups_that_is_doubtful_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "groups.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"."):
        read_groups(path)


def test_a_group_may_still_be_empty_until_a_body_moves_there(tmp_path: Path) -> None:
    path = tmp_path / "groups.yaml"
    path.write_text('east: {url: "sqlite:///a", organisations: []}', encoding="utf-8")
    assert list(read_groups(path)) == ["east"]


@pytest.mark.postgresql_only("SQLite has no followers")
def test_a_list_is_read_from_the_follower_inside_its_own_fence(follower: str) -> None:
    register()
    with scope(MINASE):
        services.register_section("zeimu", name="税務課")
        with from_follower():
            assert connection.alias == follower
            assert Section.objects.count() == 1  # another connection does not see what is not committed
        assert connection.alias == "default"
        assert Section.objects.count() == 2


@pytest.mark.postgresql_only("SQLite has no followers")
def test_a_follower_that_lags_or_is_away_is_not_read(
    follower: str, var_dir: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    monkeypatch.setattr(databases, "_LAG", "SELECT 60 + 0 * length(%s)")
    with scope(MINASE, read_only=True), from_follower():
        assert connection.alias == "default"
    settings.TODOKE_FOLLOWER_LAG_SECONDS = 90
    with scope(MINASE, read_only=True), from_follower():
        assert connection.alias == follower
    (ours,) = (one for one in organisations() if one.code == MINASE)
    followed = f"{MINASE} みなせ市 読み取り専用の複製"
    assert {one.subject: one.health for one in doctor._looked_at(ours)}[followed] is doctor.Health.GOOD
    connections[follower].close()
    monkeypatch.setitem(connections[follower].settings_dict, "PORT", "1")
    assert {one.subject: one.health for one in doctor._looked_at(ours)}[followed] is doctor.Health.BAD
    with scope(MINASE, read_only=True), from_follower():
        assert connection.alias == "default"
        assert Section.objects.count() == 1


def test_without_a_follower_a_list_is_read_where_the_scope_reads(db: None) -> None:
    register()
    with scope(MINASE, read_only=True), from_follower():
        assert Section.objects.count() == 1
