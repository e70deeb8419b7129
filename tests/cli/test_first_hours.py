"""What a new operator meets first: a port that is taken, a doctor on a town that works by hand with stale lists."""

import json
import shutil
import socket
from pathlib import Path

import pytest
from django.conf import settings

from todoke import __main__ as command
from todoke.cli.package_import import hand_channel
from todoke.cli.verbs import NOT_GOOD
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

TOWN = "992011"
Out = pytest.CaptureFixture[str]


def test_a_port_that_is_taken_is_named_and_nothing_is_started(capsys: Out) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        assert command.main(["serve", "--port", port]) == NOT_GOOD
    said = capsys.readouterr().err
    assert port in said
    assert "setup/" not in said


@pytest.mark.usefixtures("committed_database", "var_dir")
def test_the_doctor_looks_at_the_bodies_although_the_lists_are_stale(sample_world: Path, capsys: Out) -> None:
    trust = Path(settings.TODOKE_TRUST_DIR)
    shutil.copytree(sample_world / "trust", trust, dirs_exist_ok=True)
    for one in trust.glob("*.crl"):
        one.unlink()
    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=now())
    hand_channel(TOWN, "hand", "pittari-xml-sample")
    assert command.main(["doctor", "--json"]) == NOT_GOOD
    health = {item["subject"]: item["health"] for item in json.loads(capsys.readouterr().out)}
    assert health["失効リスト"] == "bad"
    assert health[f"{TOWN} みなせ市 受付経路 hand"] == "good"
