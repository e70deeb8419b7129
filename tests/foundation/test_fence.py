"""No scope, no rows; a scope shows and takes one body's rows only, on both databases."""

import re

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from todoke.casework.intake.models import Application
from todoke.casework.relay.models import Package
from todoke.foundation import fence
from todoke.foundation.fence import (
    NoScope,
    OutsideScope,
    ScopeConflict,
    change_rows,
    create_rows,
    insert_rows,
    scope,
    select_rows,
    update_rows,
)
from todoke.foundation.organisations import services
from todoke.foundation.organisations.models import Section
from todoke.foundation.outbox.models import OutboxMessage

Towns = tuple[str, str]


@pytest.fixture
def sections(towns: Towns) -> Towns:
    for code in towns:
        with scope(code):
            services.register_section("madoguchi", name=f"窓口 {code}")
    return towns


def test_without_a_scope_there_are_no_rows(sections: Towns) -> None:
    assert Section.objects.count() == 0
    assert list(Section._base_manager.all()) == []
    assert not fence.in_scope()
    with pytest.raises(NoScope):
        fence.current_organisation()


def test_a_scope_shows_the_rows_of_its_body_only(sections: Towns) -> None:
    for code in sections:
        with scope(code, read_only=True):
            assert [section.organisation_id for section in Section.objects.all()] == [code]


def test_rows_asked_for_without_a_query_set_are_those_of_the_scope_only(sections: Towns) -> None:
    for code in sections:
        with scope(code):
            rows = select_rows(Section, ("organisation_id", "code"), among=("code", ["madoguchi", "x"]))
            assert rows == [(code, "madoguchi")]
            named = {"name": f"窓口 {code}"}
            assert (
                len(
                    select_rows(Section, ("id",), among=("code", {"madoguchi"}), where=named, is_locking=True)
                )
                == 1
            )
            assert select_rows(Section, ("id",), among=("code", ["madoguchi"]), where={"name": "x"}) == []
            assert select_rows(Section, ("id",), among=("code", ())) == []
    with pytest.raises(NoScope):
        select_rows(Section, ("id",), among=("code", ["madoguchi"]))


def test_rows_changed_without_a_query_set_are_those_of_the_scope_only(sections: Towns) -> None:
    with scope(sections[0]):
        ours = set(Section.objects.values_list("pk", flat=True))
    with scope(sections[1]):
        theirs = set(Section.objects.values_list("pk", flat=True))
        change_rows(Section, ours | theirs, {"name": "別の名"})
        change_rows(Section, (), {"name": "だれも持たない名"})
        assert set(Section.objects.values_list("name", flat=True)) == {"別の名"}
    with scope(sections[0], read_only=True):
        assert not Section.objects.filter(name="別の名").exists()
    with pytest.raises(NoScope):
        change_rows(Section, ours, {"name": "x"})


@pytest.mark.parametrize(
    ("model", "column", "index"),
    [
        (Application, "applicant_key", "application_person"),
        (Application, "signed_digest", "application_signed"),
        (Package, "waits_for", "package_waiting"),
    ],
)
def test_what_a_partial_index_covers_is_asked_for_by_that_index(
    towns: Towns, model: type[Model], column: str, index: str
) -> None:
    """Else each batch of intake would read all that a body ever received."""
    with scope(towns[0]), CaptureQueriesContext(connection) as asked:
        select_rows(model, ("id",), among=(column, ["a", "b"]))
    statement = next(one["sql"] for one in asked.captured_queries if column in one["sql"])
    assert re.search(rf"\b{column}\b\"? (?:<>|=) ''", statement), "what the index is bound to"
    if connection.vendor != "sqlite":
        return  # PostgreSQL chooses among indexes by its statistics, and of an empty table knows none
    with scope(towns[0]), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        assert index in str(cursor.fetchall())


def test_a_row_of_another_body_is_not_written(sections: Towns) -> None:
    with scope(sections[0]):
        with pytest.raises(OutsideScope):
            Section.objects.create(organisation_id=sections[1], code="x", name="x")
        with pytest.raises(OutsideScope):
            Section.objects.bulk_create([Section(organisation_id=sections[1], code="x", name="x")])
        with pytest.raises(OutsideScope):
            Section(organisation_id=sections[1], code="x", name="x").save()
        with pytest.raises(OutsideScope):
            create_rows([Section(organisation_id=sections[1], code="x", name="x")])
    with pytest.raises(OutsideScope):
        Section.objects.create(organisation_id=sections[0], code="x", name="x")


@pytest.mark.postgresql_only("SQLite is not told")
def test_a_scope_that_could_not_begin_is_left_again(sections: Towns, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_organisation: str) -> None:
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(fence, "_tell_server", gone)
        with pytest.raises(OperationalError), scope(sections[0]):
            pass
    assert not fence.in_scope()
    with scope(sections[1]):
        assert Section.objects.count() == 1


def test_update_and_delete_reach_the_own_rows_only(sections: Towns) -> None:
    with scope(sections[0]):
        assert Section.objects.update(name="改称") == 1
        assert Section.objects.filter(organisation_id=sections[1]).delete()[0] == 0
    with scope(sections[1]):
        assert Section.objects.get().name == f"窓口 {sections[1]}"


def test_scopes_of_two_bodies_do_not_nest_but_those_of_one_do(sections: Towns) -> None:
    with scope(sections[0]):
        with pytest.raises(ScopeConflict), scope(sections[1]):
            pass
        with scope(sections[0]):
            assert Section.objects.count() == 1
        assert Section.objects.count() == 1


def test_an_exception_inside_a_scope_closes_it(sections: Towns) -> None:
    with pytest.raises(ValueError, match="broken"), scope(sections[0]):
        raise ValueError("broken")
    assert Section.objects.count() == 0
    with scope(sections[1]):
        assert Section.objects.count() == 1


def test_rows_inserted_in_bulk_belong_to_the_scope(sections: Towns) -> None:
    with scope(sections[0]):
        insert_rows(Section, ("code", "name"), [("a", "あ"), ("b", "い")])
        assert Section.objects.count() == 3
    with pytest.raises(NoScope):
        insert_rows(Section, ("code", "name"), [("c", "う")])


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="row-level security is PostgreSQL's second fence"
)
def test_a_connection_that_forgets_the_scope_sees_and_writes_nothing(sections: Towns) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_section")
        assert cursor.fetchone() == (0,)
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(
                "INSERT INTO foundation_section (organisation_id, code, name) VALUES (%s, 'x', 'x')",
                [sections[0]],
            )
    with scope(sections[0]), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT organisation_id FROM foundation_section")
        assert cursor.fetchall() == [(sections[0],)]
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(
                "INSERT INTO foundation_section (organisation_id, code, name) VALUES (%s, 'x', 'x')",
                [sections[1]],
            )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="roles are PostgreSQL's")
def test_the_application_role_owns_nothing_and_is_no_superuser(towns: Towns) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        )
        assert cursor.fetchone() == (0,)


def test_the_outbox_is_fenced_too(towns: Towns) -> None:
    assert OutboxMessage.objects.count() == 0


def test_rows_of_another_body_are_not_changed_by_a_prepared_update(sections: Towns) -> None:
    mine, other = sections
    with scope(other):
        (strange,) = Section.objects.all()
    with scope(mine):
        (own,) = Section.objects.all()
        own.name, strange.name = "新しい窓口", "書き換え"
        update_rows([own, strange], ("name",))
        assert Section.objects.get().name == "新しい窓口"
    with scope(other):
        assert Section.objects.get().name == f"窓口 {other}"
