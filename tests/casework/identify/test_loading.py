"""Loading links beside the running intake: all at once or not at all, with history, whatever stops it."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.identify.applications import statements
from tests.casework.identify.conftest import (
    ACTOR,
    AUTH_1,
    AUTH_2,
    HEADER,
    HIYORI,
    MINASE,
    NOW,
    Load,
    LoadFile,
)
from todoke.casework.identify import queries, services
from todoke.casework.identify.errors import HeaderWrong, LoadInsideScope, LoadTakenOver, ProfileUnknown
from todoke.casework.identify.models import IdentityLink, LinkGeneration
from todoke.casework.identify.services import loading
from todoke.casework.identify.values import (
    GenerationState,
    Link,
    LinkKey,
    LoadKind,
    LoadOptions,
    LoadProgress,
)
from todoke.foundation import sorted_rows
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

OLD = f"{AUTH_1},1001,77,atena,2022-04-07,,発行"
NEW = f"{AUTH_2},2002,77,atena,2026-03-01,,更新"
OTHER = f"{AUTH_2},1001,78,atena,2024-01-01,,発行"


def links(serial: str, issuer: str = AUTH_1, organisation: str = MINASE) -> list[Link]:
    key = LinkKey(issuer, serial)
    with scope(organisation, read_only=True):
        return list(queries.link_book([key]).links(key))


def states() -> list[str]:
    with scope(MINASE, read_only=True):
        return list(LinkGeneration.objects.order_by("pk").values_list("state", flat=True))


def test_a_full_load_is_found_by_issuer_and_serial(load: Load) -> None:
    report = load(OLD, OTHER)
    assert (report.rows, report.bad_rows, report.is_current) == (2, 0, True)
    assert [link.number for link in links("1001")] == ["77"]


def test_c09_the_same_serial_of_two_generations_is_never_merged(load: Load) -> None:
    load(OLD, OTHER)
    assert [link.number for link in links("1001", AUTH_2)] == ["78"]


def test_another_body_sees_nothing(load: Load) -> None:
    load(OLD)
    assert links("1001", organisation=HIYORI) == []


def test_the_load_is_in_the_audit_without_personal_data(load: Load) -> None:
    report = load(OLD)
    with scope(MINASE, read_only=True):
        (entry,) = audit.of_object("link_generation", str(report.generation_id))
    assert (entry.action, entry.actor_id) == ("links.loaded", ACTOR.id)
    assert entry.facts == '{"bad_rows":0,"carried":0,"kind":"full","rows":1}'


def test_loading_the_same_file_twice_changes_nothing(load: Load) -> None:
    load(OLD, NEW)
    again = load(OLD, NEW)
    assert again.carried == 0
    assert len(links("1001")) == 1
    with scope(MINASE, read_only=True):
        assert IdentityLink.objects.count() == 2


def test_what_a_new_full_file_no_longer_lists_ends_at_the_load_as_an_inference(load: Load) -> None:
    load(OLD)
    later = NOW + timedelta(hours=1)
    report = load(NEW, at=later)
    (old,) = links("1001")
    assert report.carried == 1
    assert (old.valid_to, old.is_inferred) == (later, True)


def test_history_is_carried_over_many_loads_without_moving(load: Load) -> None:
    load(OLD)
    ended = NOW + timedelta(hours=1)
    load(NEW, at=ended)
    load(NEW, at=ended + timedelta(hours=1))
    assert [(link.valid_to, link.is_inferred) for link in links("1001")] == [(ended, True)]


def test_an_end_that_the_file_states_is_carried_as_stated(load: Load) -> None:
    load(f"{AUTH_1},1001,77,atena,2022-04-07,2026-03-01,失効")
    load(NEW)
    (old,) = links("1001")
    assert old.valid_to is not None
    assert not old.is_inferred


def test_a_corrected_beginning_does_not_leave_the_wrong_one_behind(load: Load) -> None:
    load(OLD)
    load(f"{AUTH_1},1001,77,atena,2022-05-01,,訂正")
    assert len(links("1001")) == 1


def test_a_differential_load_adds_to_the_full_one_and_ends_links(load: Load) -> None:
    load(OLD, OTHER)
    report = load(f"{AUTH_1},1001,77,atena,2022-04-07,2026-02-28,更新", NEW, kind=LoadKind.DIFFERENTIAL)
    (old,) = links("1001")
    assert report.is_current
    assert old.valid_to is not None
    assert len(links("2002", AUTH_2)) == 1
    assert len(links("1001", AUTH_2)) == 1
    assert states() == ["current", "current"]


def test_a_full_load_after_differential_ones_carries_their_last_word(load: Load) -> None:
    load(OLD)
    load(f"{AUTH_1},1001,77,atena,2022-04-07,2026-02-28,更新", kind=LoadKind.DIFFERENTIAL)
    report = load(NEW)
    (old,) = links("1001")
    assert report.carried == 1
    assert not old.is_inferred
    assert states() == ["retired", "retired", "current"]


def test_rows_of_former_generations_are_removed(load: Load) -> None:
    load(OLD)
    report = load(OLD)
    with scope(MINASE, read_only=True):
        assert set(IdentityLink.objects.values_list("generation_id", flat=True)) == {report.generation_id}


def test_x26_a_bad_line_is_named_and_nothing_becomes_current(load: Load) -> None:
    load(OLD)
    report = load(NEW, "zz,1,1,atena,2022-01-01,,", "", f'{AUTH_1},"12', OTHER)
    assert not report.is_current
    assert [(bad.line, bad.column, bad.code) for bad in report.bad] == [
        (3, "issuer_key", "CSV-240"),
        (6, "引用符", "CSV-240"),
    ]
    assert len(links("1001")) == 1
    assert links("2002", AUTH_2) == []
    assert states() == ["current", "refused"]


def test_x26_a_refused_load_leaves_no_rows_and_an_audit_entry(load: Load) -> None:
    report = load("ragged,row")
    with scope(MINASE, read_only=True):
        assert not IdentityLink.objects.exists()
        (entry,) = audit.of_object("link_generation", str(report.generation_id))
    assert entry.action == "links.refused"


def test_x26_good_rows_become_current_beside_bad_ones_only_when_that_is_allowed(load: Load) -> None:
    report = load("ragged,row", OLD, options=LoadOptions(allow_bad_rows=True))
    assert report.is_current
    assert (report.rows, report.bad_rows) == (1, 1)
    assert len(links("1001")) == 1


@pytest.mark.parametrize(
    "line", ["a" * 100_000, "\udc83\udc84," * 7, '"' + "x" * 200_000, "\x00,,,,,,", ",,,,,,"]
)
def test_x26_hostile_lines_are_reported_and_the_rest_is_read(load: Load, line: str) -> None:
    report = load(line, OLD, options=LoadOptions(allow_bad_rows=True))
    assert report.bad_rows >= 1
    assert report.bad[0].line >= 2


def test_rows_are_stored_in_the_order_of_their_serials_and_found_as_before(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorted_rows, "RUN_ROWS", 4)
    serials = [f"{number * 37 % 101 + 1:x}" for number in range(23)]
    load(*[f"{AUTH_1},{serial},{place},atena,2022-01-01,," for place, serial in enumerate(serials)])
    with scope(MINASE, read_only=True):
        stored = list(IdentityLink.objects.order_by("pk").values_list("serial", "number"))
    assert stored == sorted((serial, str(place)) for place, serial in enumerate(serials))
    assert [one.number for one in links(serials[7])] == ["7"]


def test_x27_a_wrong_header_is_refused_and_leaves_nothing(load: Load) -> None:
    with pytest.raises(HeaderWrong):
        load(OLD, header="issuer_key,serial\n")
    assert states() == ["refused"]


@pytest.mark.parametrize("header", ["", "\n", '"unclosed'])
def test_a_file_without_a_header_is_refused(load: Load, header: str) -> None:
    with pytest.raises(HeaderWrong):
        load(header=header)


def test_a_byte_order_mark_and_windows_line_ends_are_read(load: Load) -> None:
    report = load(OLD, header="\ufeff" + HEADER.strip() + "\r\n")
    assert report.rows == 1


def test_an_unknown_profile_is_refused(load: Load) -> None:
    with pytest.raises(ProfileUnknown):
        load(OLD, options=LoadOptions(profile="../../etc/passwd"))


def test_rows_are_invisible_until_the_swap(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load(OLD)
    seen: list[int] = []
    settle = loading._settle

    def look_then_settle(*arguments: object) -> object:
        seen.append(len(queries.link_book([LinkKey(AUTH_2, "2002")]).by_key))
        return settle(*arguments)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(loading, "_settle", look_then_settle)
    load(NEW)
    assert seen == [0]
    assert len(links("2002", AUTH_2)) == 1


def test_a_load_that_is_overtaken_stops_and_the_later_one_becomes_current(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "first.csv"
    path.write_text(HEADER + OLD + "\n" + OTHER + "\n", encoding="utf-8")
    overtaken: list[bool] = []

    def overtake(_: LoadProgress) -> None:
        if not overtaken:
            overtaken.append(True)
            load(NEW)

    with pytest.raises(LoadTakenOver):
        services.load_links(
            MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW, options=LoadOptions(chunk_rows=1),
            on_progress=overtake,
        )  # fmt: skip
    assert states() == ["refused", "current"]
    assert links("1001") == []
    assert len(links("2002", AUTH_2)) == 1


def test_what_a_killed_load_left_is_never_read_and_removed_by_the_next(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(OLD)
    with monkeypatch.context() as killed:
        for name in ("_refuse", "sweep"):  # a killed process cleans nothing up
            killed.setattr(loading, name, lambda *_: None)
        killed.setattr(loading, "_settle", _die)
        with pytest.raises(KeyboardInterrupt):
            load(NEW)
    assert states() == ["current", "loading"]
    assert links("2002", AUTH_2) == []
    load(OLD)
    assert states() == ["retired", "refused", "current"]
    with scope(MINASE, read_only=True):
        assert IdentityLink.objects.count() == 1


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_load_cleans_up(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_settle", _die)
    with pytest.raises(KeyboardInterrupt):
        load(NEW)
    assert states() == ["refused"]
    with scope(MINASE, read_only=True):
        assert not IdentityLink.objects.exists()


def test_one_loading_generation_per_body_is_all_that_the_database_takes(bodies: None) -> None:
    with scope(MINASE):
        first = LinkGeneration(
            organisation_id=MINASE, state=GenerationState.LOADING.value, kind="full", source="x", profile="x",
            started_at=NOW, loaded_by="x",
        )  # fmt: skip
        first.save()
        assert first.pk


def test_a_load_inside_a_scope_is_refused(bodies: None, tmp_path: Path) -> None:
    with pytest.raises(LoadInsideScope), scope(MINASE):
        services.load_links(MINASE, tmp_path / "x.csv", kind=LoadKind.FULL, actor=ACTOR, at=NOW)


def test_progress_is_told_in_lines_and_bytes(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "first.csv"
    path.write_text(HEADER + OLD + "\n" + OTHER + "\n", encoding="utf-8")
    told: list[LoadProgress] = []
    services.load_links(
        MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW, options=LoadOptions(chunk_rows=1),
        on_progress=told.append,
    )  # fmt: skip
    assert [progress.rows for progress in told] == [1, 2, 2, 2]  # two to read, two to store
    size = path.stat().st_size
    assert [progress.bytes_total for progress in told] == [2 * size] * 4
    assert [progress.bytes_read for progress in told][1:] == [size, size + size // 2, 2 * size]


@pytest.mark.parametrize("count", [1, 50])
def test_looking_up_any_number_of_serials_takes_three_queries(load: Load, count: int) -> None:
    load(*[f"{AUTH_1},{number + 1:x},{number},atena,2022-01-01,," for number in range(count)])
    keys = [LinkKey(AUTH_1, f"{number + 1:x}") for number in range(count)]
    with scope(MINASE, read_only=True), CaptureQueriesContext(connection) as captured:
        book = queries.link_book(keys)
    assert len(book.by_key) == count
    assert len(statements(captured)) == 3


def test_intake_writes_and_looks_up_between_the_steps_of_a_load(
    committed_database: str, tmp_path: Path
) -> None:
    """The load holds no transaction open, and what it has written so far is seen by nobody."""
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    path = tmp_path / "first.csv"
    path.write_text(HEADER + OLD + "\n" + OTHER + "\n", encoding="utf-8")
    seen: list[int] = []

    def look(_: LoadProgress) -> None:
        with ThreadPoolExecutor(1) as beside:
            seen.append(beside.submit(write_and_look_up).result(timeout=20))

    options = LoadOptions(chunk_rows=1)
    services.load_links(
        MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW, options=options, on_progress=look
    )
    assert seen == [0, 0, 0, 0]  # two lines read, two stored
    assert len(links("1001")) == 1


def write_and_look_up() -> int:
    """What another process does meanwhile: one write of its own, one look-up."""
    try:
        with scope(MINASE):
            organisations.register_section("kosodate", name="子育て支援課")
            return len(queries.link_book([LinkKey(AUTH_1, "1001")]).by_key)
    finally:
        connection.close()


KILLED_LOAD = """
import os, signal, sys, django
django.setup()
from pathlib import Path
from todoke.casework.identify import services
from todoke.casework.identify.values import LoadKind, LoadOptions
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now

services.load_links(
    sys.argv[1], Path(sys.argv[2]), kind=LoadKind.FULL, actor=Actor(ActorKind.COMMAND, "x"), at=now(),
    options=LoadOptions(chunk_rows=1), on_progress=lambda step: step.bytes_read > step.bytes_total // 2
    and os.kill(os.getpid(), signal.SIGKILL),
)
"""


def test_f01_a_load_killed_by_the_system_leaves_the_former_links_and_is_cleaned_up(
    committed_database: str, child_environment: dict[str, str], load_file: LoadFile
) -> None:
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    load_file(OLD)
    path = load_file.written(NEW, OTHER)
    environment = {**child_environment, "DJANGO_SETTINGS_MODULE": "todoke.settings", "PYTHONPATH": "src"}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_LOAD, MINASE, str(path)], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert states() == ["current", "loading"]
    with scope(MINASE, read_only=True):
        assert (
            IdentityLink.objects.count() == 2
        )  # the former, and the first of the two that were being stored
    assert (len(links("1001")), links("2002", AUTH_2)) == (1, [])
    load_file(OLD)
    assert states() == ["retired", "refused", "current"]
    with scope(MINASE, read_only=True):
        assert IdentityLink.objects.count() == 1
