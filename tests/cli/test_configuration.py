"""What an administrator changes by hand after it was signed is told by name, and a forged list is told as one（U07）."""

import json
from pathlib import Path

import pytest
from pytest_django import Settings

from todoke import __main__ as command
from todoke.cli import configuration, doctor
from todoke.cli.doctor import Health
from todoke.cli.verbs import DONE, command_actor
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind

MINASE = "992011"
WORDS = ["settings", "sign", "--reason", "導入", "--json"]


@pytest.fixture
def town(db: None, var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation of one town whose seals have a key."""
    monkeypatch.setattr(configuration, "_digest", lambda file: file.name)  # the program is large
    services.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=now())
    with scope(MINASE):
        sealing.record(
            "test", object_kind="test", object_id="1", actor=command_actor(), at=now()
        )  # fmt: skip
        sealing.seal(at=now())
    return MINASE


def told() -> tuple[Health, str]:
    item = doctor._signed_settings()
    return item.health, item.advice


def test_U07_what_was_changed_after_it_was_signed_is_named_and_its_value_is_not_said(
    town: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told()[0] is Health.MISSING
    assert command.main(WORDS) == DONE
    assert told() == (Health.GOOD, "")
    settings.TODOKE_LEASE_SECONDS = 12345.0
    rules = Path(settings.TODOKE_FORM_CHECKS_DIR) / "P01.yaml"
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text("checks: []\n")
    (Path(settings.TODOKE_TRUST_DIR)).mkdir(parents=True, exist_ok=True)
    (Path(settings.TODOKE_TRUST_DIR) / "today.crl").write_bytes(b"a newer list is no change")
    health, advice = told()
    assert health is Health.BAD
    assert "TODOKE_LEASE_SECONDS、form-checks/P01.yaml。" in advice
    assert "12345" not in advice
    capsys.readouterr()
    assert command.main(WORDS) == DONE
    assert json.loads(capsys.readouterr().out)["changed"] == ["TODOKE_LEASE_SECONDS", "form-checks/P01.yaml"]
    assert told()[0] is Health.GOOD
    with scope(town, read_only=True):
        entries = audit.of_object("installation", "settings")
    assert [(one.action, one.purpose) for one in entries] == [("installation.settings_signed", "導入")] * 2


@pytest.mark.parametrize("forged", [b"{}", b"nonsense", None], ids=["empty", "broken", "another hash"])
def test_U07_a_list_that_was_edited_by_hand_is_told(
    town: str, settings: Settings, forged: bytes | None
) -> None:
    assert command.main(WORDS) == DONE
    place = Path(settings.VAR) / configuration.FILE
    assert place.stat().st_mode & 0o077 == 0
    document = json.loads(place.read_bytes())
    document["statement"]["parts"]["DEBUG"] = "0" * 64
    place.write_bytes(json.dumps(document).encode() if forged is None else forged)
    assert told()[0] is Health.BAD
    assert "署名が合いません" in told()[1]


def test_sets_and_tables_are_spelt_alike_in_every_process() -> None:
    assert configuration._spelt(frozenset({"a", "b"})) == configuration._spelt({"b", "a"})
    assert configuration._spelt({"a": {1}, "b": 2}) == configuration._spelt({"b": 2, "a": {1}})
