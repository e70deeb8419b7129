"""The lookout says whether the desk lives and can work, and shows its figures to who has the token; nothing more."""

import json
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests.support.rows import AT
from todoke import __main__ as command
from todoke.foundation import health
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.lookout import TokenTooShort
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.shared import watching

MINASE, HIYORI = "992011", "993018"
TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture(autouse=True)
def fresh(db: None, var_dir: Path) -> Iterator[None]:
    watching._lookout.cache_clear()
    yield
    watching._lookout.cache_clear()


def ready() -> tuple[int, list[str]]:
    watching._lookout.cache_clear()
    response = Client().get("/readyz")
    return response.status_code, json.loads(response.content)["codes"]


def leave_unsealed(body: str) -> None:
    services.register_organisation(body, name="町", kind=OrganisationKind.MUNICIPALITY, at=AT)
    with scope(body):
        old = now() - timedelta(hours=5)
        audit.record(
            "test.act", object_kind="test", object_id="1", actor=Actor(ActorKind.COMMAND, "test"), at=old
        )


def test_a_process_that_answers_is_live_whatever_host_is_asked_for(db: None) -> None:
    response = Client().get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (response.status_code, json.loads(response.content)) == (HTTPStatus.OK, {"status": "live"})
    assert "sessionid" not in response.cookies
    assert response.headers["Cache-Control"] == "no-store"


def test_liveness_asks_no_database(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's fixture has no public type
        Client().get("/healthz")


def test_a_sound_installation_is_ready() -> None:
    assert ready() == (HTTPStatus.OK, [])


def test_a_place_for_originals_that_cannot_be_written_is_not_ready(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.TODOKE_VAULT_DIR = tmp_path / "file" / "vault"
    assert ready() == (HTTPStatus.SERVICE_UNAVAILABLE, ["SYS-943"])


def test_a_place_for_originals_that_hangs_is_not_ready_and_holds_no_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F08: a share that stalls, or a disk that takes longer than two seconds; /healthz goes on answering."""
    gate = threading.Event()
    monkeypatch.setattr(health, "STALLED_SECONDS", 0.05)
    monkeypatch.setattr(health, "ORIGINALS", {health.NO_ROOM: lambda: gate.wait(60)})
    watching._lookout.cache_clear()
    for _ in range(3):
        response = Client().get("/readyz")
        assert (response.status_code, json.loads(response.content)["codes"]) == (503, ["SYS-943"])
        assert Client().get("/healthz").status_code == HTTPStatus.OK
    assert [one.name for one in threading.enumerate()].count("patience") == 1
    gate.set()
    assert ready() == (HTTPStatus.OK, [])


def test_a_key_that_is_no_key_is_not_ready(settings: Settings) -> None:
    key = Path(settings.TODOKE_MASTER_KEY_FILE)
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text("織機　太郎")
    assert ready() == (HTTPStatus.SERVICE_UNAVAILABLE, ["SYS-903"])


def test_a_database_of_another_version_is_not_ready() -> None:

    from django.db.migrations.recorder import MigrationRecorder

    recorder = MigrationRecorder(connection)
    newest = recorder.migration_qs.filter(app="casework").order_by("-pk").first()
    assert newest is not None
    newest.delete()
    assert ready() == (HTTPStatus.SERVICE_UNAVAILABLE, ["SYS-942"])


def test_F23_old_code_on_a_newer_database_is_not_ready_and_begins_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).record_applied("casework", "9999_of_a_newer_version")
    assert ready() == (HTTPStatus.SERVICE_UNAVAILABLE, ["SYS-954"])
    for words in (["migrate"], ["work", "--once"]):
        assert command.main(words) == 1
        assert "SYS-954" in (said := capsys.readouterr().err)
        assert "casework.9999_of_a_newer_version" in said
    MigrationRecorder(connection).record_unapplied("casework", "9999_of_a_newer_version")
    MigrationRecorder(connection).record_applied("another_product", "0001_initial")
    assert ready() == (HTTPStatus.OK, [])


def test_a_database_that_is_away_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from todoke.foundation import health

    def away(_: object) -> list[str]:
        raise OperationalError("password of somebody")

    monkeypatch.setattr(health.Readiness, "_missing_in_database", away)
    response = Client().get("/readyz")
    assert (response.status_code, json.loads(response.content)["codes"]) == (503, ["SYS-941"])
    assert b"somebody" not in response.content


def test_seals_that_are_overdue_for_everybody_are_not_ready() -> None:
    leave_unsealed(MINASE)
    assert ready() == (HTTPStatus.SERVICE_UNAVAILABLE, ["AUD-901"])


def test_one_body_without_seals_closes_nobody_elses_desk() -> None:
    leave_unsealed(MINASE)
    services.register_organisation(HIYORI, name="ひより町", kind=OrganisationKind.MUNICIPALITY, at=AT)
    assert ready() == (HTTPStatus.OK, [])


@pytest.mark.parametrize("header", ["", "Bearer wrong-token-of-somebody", TOKEN, f"Basic {TOKEN}"])
def test_the_figures_are_not_there_for_who_shows_no_token(
    settings: Settings, tmp_path: Path, header: str
) -> None:
    settings.TODOKE_METRICS_TOKEN_FILE = tmp_path / "token"
    settings.TODOKE_METRICS_TOKEN_FILE.write_text(TOKEN + "\n")
    response = Client().get("/metrics", headers={"authorization": header})
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert b"todoke_" not in response.content


def test_without_a_token_file_there_are_no_figures_on_the_desks_address(settings: Settings) -> None:
    settings.TODOKE_METRICS_TOKEN_FILE = None
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == HTTPStatus.NOT_FOUND


def test_with_a_token_that_could_be_guessed_the_desk_does_not_start(
    settings: Settings, tmp_path: Path
) -> None:
    settings.TODOKE_METRICS_TOKEN_FILE = tmp_path / "token"
    settings.TODOKE_METRICS_TOKEN_FILE.write_text("short")
    with pytest.raises(TokenTooShort):
        Client().get("/sign-in/")


def test_the_token_opens_the_figures(settings: Settings, tmp_path: Path) -> None:
    settings.TODOKE_METRICS_TOKEN_FILE = tmp_path / "token"
    settings.TODOKE_METRICS_TOKEN_FILE.write_text(TOKEN + "\n")
    Client().get("/sign-in/")
    response = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == HTTPStatus.OK
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = response.content.decode()
    assert 'todoke_request_seconds_count{method="GET",page="sign-in",status="200"}' in text
    assert "todoke_trust_readable 1.0" in text


def test_a_probe_is_only_looked_at() -> None:
    assert Client().post("/healthz").status_code != HTTPStatus.OK


def test_an_answer_carries_a_number_of_its_own_and_not_one_that_was_sent() -> None:
    answers = [
        Client().get("/sign-in/", headers={"x-request-id": "織機"}).headers["X-Request-Id"] for _ in range(2)
    ]
    assert len(set(answers)) == 2
    assert all(len(bytes.fromhex(number)) == 8 for number in answers)


def test_the_log_of_an_answer_names_the_page_and_no_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="todoke")
    Client().get("/sign-in/a-one-time-link/?next=/cases/?text=太郎")
    (record,) = [one for one in caplog.records if one.getMessage() == "web.answered"]
    assert (record.__dict__["page"], record.__dict__["status"]) == ("sign-in-link", 410)
    assert "a-one-time-link" not in str(record.__dict__)
    assert os.environ.get("PROMETHEUS_MULTIPROC_DIR") is None
