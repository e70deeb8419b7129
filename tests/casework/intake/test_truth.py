"""The sample world is judged as its truth says, package by package, and again through the database."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from samples import world
from tests.casework.intake.packages import ACTOR, NOW, needs_signature, profile
from tests.support.clock import Clock
from todoke.casework.intake import jobs, queries, services
from todoke.casework.intake.values import Circumstances
from todoke.casework.relay import queries as relay_queries
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelSettings, Listed
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

Row = dict[str, Any]  # a row of the truth file


@dataclass(frozen=True, slots=True)
class Built:
    """A sample world on disk, its truth, and when the portal received each file."""

    out: Path
    rows: list[Row]
    received: dict[str, datetime]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("world")
    world.build(out, packages=300, residents=12_000, seed=2026)
    rows = json.loads((out / "truth.json").read_text(encoding="utf-8"))["packages"]
    lines = (out / "portal" / "index.jsonl").read_text(encoding="utf-8").splitlines()
    received = {one["file"]: datetime.fromisoformat(one["reception_date"]) for one in map(json.loads, lines)}
    return Built(out, rows, received)


def test_every_package_is_judged_as_the_truth_says(built: Built) -> None:
    trust = queries.load_trust(built.out / "trust")
    wrong = []
    for row in built.rows:
        circumstances = Circumstances(
            row["organisation"], NOW, needs_signature, built.received.get(row["file"])
        )
        data = (built.out / row["file"]).read_bytes()
        verdict = services.check_package(data, profile=profile(), trust=trust, circumstances=circumstances)
        # What waits for its original is sound in itself: that it waits is decided when it is stored.
        state, code = ("accepted", None) if row["code"] == "SEQ-502" else (row["package"], row["code"])
        judged = (verdict.state.value, verdict.code or None, verdict.signature.state.value)
        if judged != (state, code, row["signature"] or judged[2]):
            wrong.append((row["kind"], judged))
    assert not wrong


def test_the_whole_world_is_stored_as_the_truth_says(
    built: Built, db: None, var_dir: Path, clock: Clock
) -> None:
    (var_dir / "trust").symlink_to(built.out / "trust")
    for code in sorted({row["organisation"] for row in built.rows}):
        organisations.register_organisation(code, name=code, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        _take_in(built, code)
        while jobs.open_packages(JobContext(code, Claimant("worker-1", clock.now), 40)):
            pass
        own = [row for row in built.rows if row["organisation"] == code]
        with scope(code, read_only=True):
            states = {(state.value, why): count for (state, why), count in relay_queries.counts().items()}
            kinds = {kind.value: count for kind, count in queries.counts_by_duplicate().items()}
        assert states == Counter((row["package"], row["code"] or "") for row in own)
        accepted = Counter(row["duplicate"] for row in own if row["package"] == "accepted")
        assert kinds == accepted


def _take_in(built: Built, code: str) -> None:
    with scope(code):
        channel = relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=NOW,
        )  # fmt: skip
    for row in built.rows:
        if row["organisation"] == code:
            listed = Listed(row["receipt_number"], built.received.get(row["file"]))
            chunks = [(built.out / row["file"]).read_bytes()]
            relay.receive_package(channel, listed=listed, chunks=chunks, actor=ACTOR, at=NOW)
