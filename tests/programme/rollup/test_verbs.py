"""`todoke rollup submit|status|import`: exit codes, and what they say as JSON."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.casework.identify.conftest import MINASE, NOW
from tests.programme.plans.conftest import Body
from tests.programme.plans.conftest import body as body
from tests.programme.plans.conftest import plan as plan
from todoke import __main__ as command
from todoke.cli.verbs import DONE, NOT_GOOD, USAGE
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.plans.values import Plan
from todoke.programme.rollup import queries

PREFECTURE = "990001"
Out = pytest.CaptureFixture[str]


def run(capsys: Out, *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = command.main(list(words))
    return code, capsys.readouterr().out


def test_a_town_submits_its_plan_and_the_prefecture_sees_its_state(
    body: Body, plan: Plan, capsys: Out
) -> None:
    code, _ = run(capsys, "rollup", "submit", MINASE, str(plan.uuid))
    assert code == NOT_GOOD, "nobody is above"
    organisations.register_organisation(PREFECTURE, name="つむぎ県", kind=OrganisationKind.PREFECTURE, at=NOW)
    organisations.set_parent(MINASE, PREFECTURE)
    exchange.introduce(MINASE, PREFECTURE, actor=body.officer.actor(), at=NOW)
    code, said = run(capsys, "rollup", "submit", MINASE, str(plan.uuid), "--json")
    assert code == DONE
    assert json.loads(said)["recipient"] == PREFECTURE
    with scope(MINASE, read_only=True):
        assert [one.number for one in queries.sent()] == [1]
    code, said = run(capsys, "rollup", "status", PREFECTURE, "--json")
    assert code == DONE
    assert json.loads(said)


def test_a_publication_that_is_none_is_refused_with_its_sentence(
    body: Body, tmp_path: Path, capsys: Out
) -> None:
    words = ("rollup", "import", MINASE, "soumu-steps-monthly")
    day = ("--as-of", date(2026, 1, 31).isoformat())
    assert run(capsys, *words, str(tmp_path / "none.xlsx"), *day)[0] == USAGE
    file = tmp_path / "other.xlsx"
    file.write_bytes(b"PK")
    assert run(capsys, *words, str(file), *day)[0] == NOT_GOOD


def test_a_nation_that_is_registered_here_knows_the_towns_hand_and_a_stranger_is_registered_by_his_key(
    db: None, var_dir: Path, capsys: Out
) -> None:
    register = ("organisation", "register")
    assert run(capsys, *register, "000001", "国", "--kind", "nation")[0] == DONE
    assert (
        run(capsys, *register, PREFECTURE, "つむぎ県", "--kind", "prefecture", "--parent", "000001")[0]
        == DONE
    )
    assert run(capsys, *register, MINASE, "みなせ市", "--parent", PREFECTURE)[0] == DONE
    _, said = run(capsys, "exchange", "key", MINASE, "--json")
    town = json.loads(said)
    _, said = run(capsys, "exchange", "key", "000001", "--json")
    known = json.loads(said)["peers"]
    assert {"peer": MINASE, "key": town["key"], "ended": False} in known
    believe = ("exchange", "believe", "000001", "992020")
    assert run(capsys, *believe, "0" * 63)[0] == NOT_GOOD
    code, said = run(capsys, *believe, "AB" * 32, "--json")
    assert (code, json.loads(said)["fingerprint"]) == (DONE, "abab abab abab abab")
    assert run(capsys, *believe, "ab" * 32, "--end")[0] == DONE
    assert run(capsys, *believe, "ab" * 32, "--end")[0] == NOT_GOOD
    peers = json.loads(run(capsys, "exchange", "key", "000001", "--json")[1])["peers"]
    assert {"peer": "992020", "key": "ab" * 32, "ended": True} in peers
