"""A portal is read to its end whatever it does, and the watermark tells the truth about it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.casework.relay.portal import (
    ACTOR,
    FIRST,
    HIYORI,
    MINASE,
    NOW,
    Portal,
    content,
    lay_out,
    number,
    position_of,
    stored,
)
from tests.support.clock import Clock
from todoke.casework.relay import jobs, queries, services
from todoke.casework.relay.models import Channel, Package, Watermark
from todoke.casework.relay.values import ChannelKind, ChannelSettings, LastRun, RunReport
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.vault.queries import open_blob

FIVE = [number(position) for position in range(5)]
NEWEST = FIRST + timedelta(minutes=80)


def last_run() -> LastRun:
    with scope(MINASE, read_only=True):
        [run] = queries.last_runs()
    return run


def again(portal: Portal, clock: Clock) -> int:
    """The next run, when it is due."""
    return portal.pull(at=clock.advance(hours=1))


def test_everything_listed_is_stored_and_the_watermark_moves(portal: Portal) -> None:
    assert portal.pull() == 5
    assert stored() == FIVE
    assert position_of(portal.channel) == NEWEST
    assert last_run().is_complete
    with scope(MINASE, read_only=True):
        package = Package.objects.get(receipt_number=number(2))
        assert open_blob(package.blob_id).read() == content(2)
        assert package.portal_received_at == FIRST + timedelta(minutes=40)
        assert package.procedure_hint == "P01"


def test_a_second_pull_fetches_nothing_again(portal: Portal, clock: Clock) -> None:
    portal.pull()
    assert again(portal, clock) == 0
    assert portal.fetches() == 5
    assert last_run().is_complete


def test_a_channel_is_not_read_before_it_is_due(portal: Portal, clock: Clock) -> None:
    portal.pull()
    assert portal.pull(at=clock.advance(seconds=1)) == 0
    with scope(MINASE):
        assert services.make_channels_due(at=clock.now) == 1


def test_many_pages_are_read(portal: Portal) -> None:
    lay_out(portal.data, count=130)
    portal.start()
    assert portal.pull() == 130


def test_a_package_that_fails_once_does_not_stop_the_others(portal: Portal) -> None:
    portal.fault("fetch_once_fails", path=f"/api/applications/{number(1)}")
    assert portal.pull() == 5
    assert stored() == FIVE
    assert last_run().is_complete


def test_a_package_that_keeps_failing_holds_the_watermark_but_not_the_others(
    portal: Portal, clock: Clock
) -> None:
    portal.fault("http_500", count=2, path=f"/api/applications/{number(1)}")
    assert portal.pull() == 4
    assert number(1) not in stored()
    assert position_of(portal.channel) is None
    run = last_run()
    assert [(one.receipt_number, one.code) for one in run.failures] == [(number(1), "RLY-112")]
    with scope(MINASE, read_only=True):
        assert queries.next_due(horizon=timedelta(hours=1), now=clock.now) is not None
    assert again(portal, clock) == 1
    assert stored() == FIVE
    assert position_of(portal.channel) == NEWEST


def test_a_body_that_is_cut_is_not_stored(portal: Portal) -> None:
    portal.fault("cut", path=f"/api/applications/{number(3)}")
    portal.pull()
    with scope(MINASE, read_only=True):
        package = Package.objects.get(receipt_number=number(3))
        assert open_blob(package.blob_id).read() == content(3)
    assert stored() == FIVE


def test_a_list_that_fails_stops_the_run_and_is_tried_again(portal: Portal, clock: Clock) -> None:
    portal.fault("http_500", path="/api/applications")
    assert portal.pull() == 0
    assert last_run().list_code == "RLY-111"
    assert position_of(portal.channel) is None
    assert again(portal, clock) == 5


def test_a_row_listed_twice_is_stored_once(portal: Portal) -> None:
    portal.fault("list_twice", path="/api/applications")
    assert portal.pull() == 5
    assert stored() == FIVE


def test_an_expired_token_is_renewed_without_losing_the_place(portal: Portal) -> None:
    portal.fault("expire_token", count=1, path="/api/applications/")
    assert portal.pull() == 5
    assert last_run().is_complete
    assert portal.fetches() == 5


def test_a_token_that_serves_few_requests_is_enough(portal: Portal) -> None:
    portal.start(token_requests=2)
    assert portal.pull() == 5


def test_a_portal_that_hangs_up_is_tried_again(portal: Portal, clock: Clock) -> None:
    portal.fault("refuse", count=1)
    assert portal.pull() == 0
    assert last_run().list_code
    assert again(portal, clock) == 5


def test_a_portal_that_is_away_loses_nothing(portal: Portal, clock: Clock) -> None:
    portal.stop()
    assert portal.pull() == 0
    assert last_run().list_code == "SYS-911"
    portal.start(port=portal.server.port)
    assert again(portal, clock) == 5


def test_a_portal_that_stalls_is_left_after_the_profiles_seconds(portal: Portal, tmp_path: Path) -> None:
    document = yaml.safe_load((queries.PROFILES / "sandbox-portal.yaml").read_text(encoding="utf-8"))
    document["api"]["timeout_seconds"] = 0.3
    own = tmp_path / "own.yaml"
    own.write_text(yaml.safe_dump(document), encoding="utf-8")
    portal.start(profile=str(own))
    portal.fault("stall", path=f"/api/applications/{number(0)}")
    assert portal.pull() == 5
    assert stored() == FIVE


def test_a_wrong_password_is_named(portal: Portal, tmp_path: Path) -> None:
    Path(portal.channel.settings.password_file).write_text("wrong")
    assert portal.pull() == 0
    assert last_run().list_code == "RLY-110"


def test_a_missing_password_file_is_named(portal: Portal) -> None:
    Path(portal.channel.settings.password_file).unlink()
    assert portal.pull() == 0
    assert last_run().list_code == "RLY-103"
    assert any("password_file" in sentence for sentence in jobs.problem_of(portal.channel))


def test_changed_bytes_under_a_number_are_fetched_as_another_package(portal: Portal) -> None:
    lay_out(portal.data, count=3, changed=1)
    portal.start()
    assert portal.pull() == 4
    with scope(MINASE, read_only=True):
        rows = Package.objects.filter(receipt_number=number(1)).order_by("portal_received_at")
        assert [open_blob(row.blob_id).read() for row in rows] == [content(1), content(1, edition=1)]


def test_the_first_variant_is_got_even_if_its_first_fetch_was_lost(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    lay_out(portal.data, count=3, changed=1)
    portal.start()
    with monkeypatch.context() as patch:
        patch.setattr(services, "receive_packages", _killed)
        with pytest.raises(KeyboardInterrupt):
            portal.pull()
    assert not stored()
    assert again(portal, clock) == 4


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_run_that_died_is_taken_over_when_its_lease_ends(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(services, "receive_packages", _killed)
        with pytest.raises(KeyboardInterrupt):
            portal.pull()
    assert portal.pull(at=clock.advance(seconds=30)) == 0
    assert portal.pull(at=clock.advance(seconds=31)) == 5


def test_two_workers_do_not_read_one_channel_at_once(portal: Portal) -> None:
    with scope(MINASE):
        [run] = services.start_runs(ChannelKind.API, limit=10, by=Claimant("worker-2", NOW))
    assert portal.pull() == 0
    with scope(MINASE, read_only=True):
        assert Watermark.objects.get(pk=run.claim.id).lease_owner == "worker-2"


def test_five_failures_in_a_row_end_the_run_but_keep_what_was_fetched(portal: Portal, clock: Clock) -> None:
    lay_out(portal.data, count=12)
    portal.start()
    for position in range(2, 12):
        portal.fault("http_500", path=f"/api/applications/{number(position)}")
    assert portal.pull() == 2
    assert last_run().list_code == "SYS-911"
    assert again(portal, clock) == 5
    assert again(portal, clock) == 5


def test_another_body_is_not_read_along(portal: Portal) -> None:
    assert jobs.pull(JobContext(HIYORI, Claimant("worker-1", NOW), 10)) == 0
    assert not stored()


def test_nothing_is_told_to_the_portal(portal: Portal) -> None:
    portal.pull()
    assert portal.server.statuses() == []


def test_a_row_dated_in_the_future_does_not_hide_what_comes_after(portal: Portal, clock: Clock) -> None:
    portal.pull()
    with scope(MINASE):
        services.make_channels_due(at=clock.now)
        [run] = services.start_runs(ChannelKind.API, limit=1, by=Claimant("worker-1", clock.now))
        report = RunReport(listed=1, newest=NOW + timedelta(days=3_650))
        services.end_run(run, report, actor=ACTOR, at=clock.now)
    assert position_of(portal.channel) == clock.now


def test_a_channel_by_hand_is_no_unfinished_work(portal: Portal, clock: Clock) -> None:
    with scope(MINASE):
        services.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=NOW,
        )  # fmt: skip
    portal.pull()
    with scope(MINASE):
        Package.objects.update(state="accepted")
        assert queries.next_due(horizon=timedelta(hours=1), now=clock.now) is None


def test_an_unreadable_profile_of_one_channel_leaves_the_others(portal: Portal, clock: Clock) -> None:
    with scope(MINASE):
        services.register_channel(
            "another", kind=ChannelKind.API, profile="sandbox-portal", layout="pittari-xml-sample",
            settings=portal.channel.settings, actor=ACTOR, at=NOW,
        )  # fmt: skip
        Channel.objects.filter(name="another").update(profile="gone")
    assert portal.pull() == 5
    with scope(MINASE, read_only=True):
        codes = {run.channel: run.list_code for run in queries.last_runs()}
    assert codes == {"another": "RLY-102", "portal": ""}


def test_a_portal_that_never_rests_is_read_to_an_end(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """Each storing brings another application; what arrives meanwhile is for the next run."""
    first, count, record = NOW - timedelta(minutes=40), 3, services.receive_packages

    def arriving(*words: Any, **more: Any) -> Any:  # as the service's own signature
        nonlocal count
        count += 1
        clock.advance(minutes=20)
        lay_out(portal.data, count=count, first=first)
        portal.show_what_lies_there()
        return record(*words, **more)

    lay_out(portal.data, count=count, first=first)
    portal.show_what_lies_there()
    monkeypatch.setattr(services, "receive_packages", arriving)
    assert portal.pull() == 3
    assert last_run().is_complete
    assert portal.pull(at=clock.advance(minutes=2)) == 1
