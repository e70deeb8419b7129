"""Peers, clock, disk, memory, keys, a bit, a row: each is disturbed once, then everything is drained and compared."""

import os
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from tests.support.town import Town
from todoke.__main__ import main
from todoke.casework.daily.models import DailyReportRow
from todoke.casework.handover.models import Batch
from todoke.casework.intake.models import Application
from todoke.casework.relay import services as relay
from todoke.casework.relay.models import Package
from todoke.cli.verbs import DONE, NOT_GOOD, command_actor
from todoke.foundation import health
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.fence import scope
from todoke.foundation.outbox.models import OutboxMessage
from todoke.foundation.vault.models import Blob

from . import cuts, disruptions, invariants, powercut
from .installation import Ground

TOWN = "992011"
Truth = Mapping[str, Any]


def test_a_network_that_fails_in_every_way_loses_and_doubles_nothing(
    tiny_ground: Ground, expected: Truth, tmp_path: Path
) -> None:  # F14, F15, F16, F17
    with disruptions.proxied(tiny_ground, tmp_path / "net") as (town, proxies):
        town.truth = expected
        disruptions.bad_network(proxies, random.Random(4), times=8)
        invariants.assert_whole(town)


def test_clocks_that_jump_lose_and_double_nothing(tiny_town: Town) -> None:  # F13
    disruptions.clock_jumps(random.Random(1), jumps=(-2 * disruptions.HOUR, 600.0))
    settings.TODOKE_CLOCK_OFFSET_SECONDS += (
        620.0  # what came in while the clock ran ahead is due by that clock
    )
    invariants.assert_whole(tiny_town)


def test_three_days_without_a_worker_are_caught_up_once_by_two_of_them(tiny_town: Town) -> None:  # F12
    disruptions.stood_still(days=3)
    invariants.assert_whole(tiny_town)
    once = _made()
    assert once["reports"] == 2, "one before it stood still, one for all days after"
    assert once["since"] == once["first day"], "no arrival falls between two reports"
    disruptions._rounds(3)
    assert _made() == once


def _made() -> dict[str, Any]:
    """What the jobs of a calendar have made for a town."""
    with scope(TOWN, read_only=True):
        rows = list(DailyReportRow.objects.order_by("day"))
        return {
            "reports": len(rows), "first day": rows[0].day, "since": japanese_date(rows[-1].since),
            "batches": Batch.objects.count(), "notices": OutboxMessage.objects.count(),
            "acts": AuditEntry.objects.count(),
        }  # fmt: skip


def test_little_memory_ends_no_application(tiny_town: Town) -> None:  # F26
    disruptions.little_memory(random.Random(3), times=4)
    invariants.assert_whole(tiny_town)


@pytest.mark.parametrize("wrong", [None, b"00" * 32, b"nonsense"], ids=["missing", "another", "broken"])
def test_without_the_right_key_everything_waits_unjudged(tiny_town: Town, wrong: bytes | None) -> None:  # F22
    assert disruptions.without_key(tiny_town, wrong=wrong) == []
    invariants.assert_whole(tiny_town)


def test_a_full_disk_wherever_it_is_refuses_and_goes_on_when_there_is_room(
    tiny_ground: Ground, expected: Truth, tmp_path: Path
) -> None:  # F07
    if (why := powercut.missing()) is not None:
        pytest.skip(why)
    with cuts.on_small_disk(tiny_ground, tmp_path, megabytes=64) as town:
        town.truth = expected
        with powercut.small(Path(settings.FILE_UPLOAD_TEMP_DIR), megabytes=2) as temporary:
            assert disruptions.no_room_beside(temporary) == []
        assert disruptions.no_inodes(Path(settings.VAR).parent, leave=(0, 3)) == []
        assert disruptions.full_disk(Path(settings.VAR).parent, leave=(0, 60, 300)) == []
        invariants.assert_whole(town)


def test_a_disk_that_hangs_is_told_holds_one_thread_and_loses_nothing(
    tiny_town: Town, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # F08
    if (why := powercut.missing()) is not None:
        pytest.skip(why)
    try:
        with powercut.disk(tmp_path / "stalling", megabytes=32) as one:
            settings.TODOKE_VAULT_DIR = one.mount / "vault"
            monkeypatch.setattr(health, "STALLED_SECONDS", 0.5)
            assert disruptions.stalled_disk(one) == []
            invariants.assert_whole(tiny_town)
    except PermissionError as forbidden:
        pytest.skip(f"止まるディスクの試験: mount できません / cannot mount: {forbidden}")


MANY_PAGES = """
import os, sys
from todoke.foundation import meters
meters.count_request("home", "GET", 200, seconds=0.1)
with open(os.environ["PROMETHEUS_MULTIPROC_DIR"] + "/ballast", "wb", buffering=0) as ballast:
    try:
        while ballast.write(bytes(4096)): pass
    except OSError: pass
for number in range(500):
    meters.count_request(f"page-{number}", "GET", 200, seconds=0.1)
    meters.count_failure(f"job-{number}", "992011")
print(len(meters.exposition()))
"""


def test_figures_on_a_full_disk_kill_no_process(tmp_path: Path) -> None:  # F07
    if (why := powercut.missing()) is not None:
        pytest.skip(why)
    with powercut.small(tmp_path / "meters", megabytes=6) as folder:
        run = subprocess.run(
            [sys.executable, "-c", MANY_PAGES], check=False, capture_output=True, text=True, timeout=60,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 100_000


def test_power_cuts_leave_everything_that_was_acknowledged(
    tiny_ground: Ground, expected: Truth, tmp_path: Path
) -> None:  # F03
    if (why := powercut.missing()) is not None:
        pytest.skip(why)
    try:
        done, wrong = cuts.trials(tiny_ground, tmp_path, cuts=3, seed=2, truth=expected)
    except PermissionError as forbidden:
        pytest.skip(f"電源断の試験: mount できません / cannot mount: {forbidden}")
    assert (done, wrong) == (3, [])


@pytest.mark.sqlite_only("the application role may make no trigger on PostgreSQL")
def test_a_row_that_the_database_refuses_waits_alone_and_goes_on_when_the_cause_is_gone(
    tiny_town: Town, settings: Any
) -> None:
    settings.TODOKE_RETRY_LIMIT = 2
    truth = tiny_town.truth
    receipt = min(
        file.stem
        for file in (tiny_town.data / "portal" / TOWN).glob("*.zip")
        if file.stem in _accepted(tiny_town)
    )
    heal = disruptions.poisoned_row(receipt)
    assert tiny_town.drain()
    with scope(TOWN, read_only=True):
        poisoned = Package.objects.get(receipt_number=receipt)
        assert (poisoned.state, bool(poisoned.parked_code)) == ("pending", True)
        assert Application.objects.count() == Package.objects.filter(state="accepted").count()
    heal()
    with scope(TOWN):
        relay.requeue_package(poisoned.pk, actor=command_actor(), at=now(), purpose="test")
    tiny_town.truth = truth
    invariants.assert_whole(tiny_town)


def _accepted(town: Town) -> set[str]:
    import json

    rows = json.loads((town.data / "truth.json").read_text(encoding="utf-8"))["packages"]
    return {row["receipt_number"] for row in rows if row["package"] == "accepted"}


def test_a_flipped_bit_is_found_and_harms_no_other_original(tiny_town: Town) -> None:  # F24
    assert tiny_town.drain()
    assert main(["vault", "verify"]) == DONE
    with scope(TOWN, read_only=True):
        blob = Blob.objects.order_by("pk").first()
        assert blob is not None
    disruptions.flip_a_bit(Path(settings.TODOKE_VAULT_DIR) / TOWN / blob.segment, blob.offset + 3)
    assert main(["vault", "verify", "--json"]) == NOT_GOOD
    disruptions.flip_a_bit(Path(settings.TODOKE_VAULT_DIR) / TOWN / blob.segment, blob.offset + 3)
    assert main(["vault", "verify"]) == DONE
    connections.close_all()
