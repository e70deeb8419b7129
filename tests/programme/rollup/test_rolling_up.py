"""Towns submit, prefectures see submissions only, the nation what is forwarded; whatever is not as it should be is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from tests.programme.rollup.conftest import (
    FIRST,
    FORTY,
    HAGUMI,
    NATION,
    STANDARD,
    TSUMUGI,
    Country,
    appointed,
    believe,
    key_of,
    snapshot,
    towns,
)
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.exchange import queries as exchange_queries
from todoke.foundation.fence import scope
from todoke.programme.rollup import queries, services
from todoke.programme.rollup.errors import SubmissionUnfit
from todoke.programme.rollup.rules import snapshots
from todoke.programme.rollup.values import FORWARD, RollUp, SubmissionState

ONE, TWO = towns(TSUMUGI, 2)


def done_below(place: int) -> Callable[[int, str], str]:
    """The first steps are done."""
    return lambda at, _: "d" if at < place else "n"


def rolled(country: Country, body: str = TSUMUGI, **asked: object) -> RollUp:
    with scope(body, read_only=True):
        return queries.roll_up(STANDARD, as_of=country.today, **asked)  # type: ignore[arg-type]  # names by test


def test_sixty_towns_of_two_prefectures_in_mixed_editions_roll_up(country: Country) -> None:
    for prefecture in (TSUMUGI, HAGUMI):
        codes = towns(prefecture)
        believe(prefecture, codes, country.clock.now)
        made = [
            snapshot(code, FORTY if place % 2 else FIRST, country.today, done_below(place))
            for place, code in enumerate(codes)
        ]  # fmt: skip
        country.arrive(prefecture, [country.submission(one, recipient=prefecture) for one in made])
        with scope(prefecture):
            viewer = appointed(prefecture, Role.SUPPORT, name=f"dx-{prefecture}")
            services.forward(viewer, at=country.clock.now)
        country.work(prefecture)
    country.work(NATION)
    found = rolled(country, NATION)
    assert (found.submitted, found.comparable, found.rate.n) == (60, 60, 60)
    assert found.basis == FIRST  # parts read as the whole; a whole never as its parts
    assert found.rate.median is not None
    assert found.rate.comparable == 1
    newer = rolled(country, NATION, basis=FORTY)
    assert (newer.submitted, newer.comparable) == (60, 30)
    assert newer.rate.comparable == Fraction(
        30 * 3 * 40 + 30 * 3 * 3, 60 * 3 * 40
    )  # w12, w13 and w17 went one to one
    assert len(rolled(country, TSUMUGI).bodies) == 30
    assert len(rolled(country, NATION, within="98").bodies) == 30 + 1  # はぐみ県 itself has not submitted


def test_a_part_read_back_is_done_only_if_all_parts_are(country: Country) -> None:
    believe(TSUMUGI, [ONE, TWO], country.clock.now)
    half = snapshot(
        ONE, FORTY, country.today, lambda place, _: "d" if place < 2 else "n"
    )  # two of the three of w01
    whole = snapshot(TWO, FIRST, country.today, lambda place, _: "d" if place < 1 else "n")
    country.arrive(TSUMUGI, [country.submission(half), country.submission(whole)])
    with scope(TSUMUGI, read_only=True):
        (first, *_) = queries.steps(STANDARD, "01", basis=FIRST)
    assert first.node == "w01"
    assert (first.counts.done, first.counts.working) == (1, 1)


def test_a_newer_number_supersedes_and_a_withdrawn_one_stays_in_the_log(country: Country) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    older = snapshot(ONE, FORTY, country.today)
    newer = snapshot(ONE, FORTY, country.today, lambda *_: "d")
    country.arrive(TSUMUGI, [country.submission(newer, 2)])
    country.arrive(TSUMUGI, [country.submission(older, 1)])  # late on its way
    assert rolled(country).rate.median == 1
    country.arrive(TSUMUGI, [country.letter(ONE, 3, {"withdrawn": 2})])
    assert rolled(country).rate.median == 0
    with scope(TSUMUGI, read_only=True):
        assert [(one.number, one.state) for one in queries.log_of(ONE)] == [
            (2, SubmissionState.WITHDRAWN), (1, SubmissionState.CURRENT),
        ]  # fmt: skip


def test_a_withdrawal_that_arrives_first_holds(country: Country) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    country.arrive(TSUMUGI, [country.letter(ONE, 2, {"withdrawn": 1})])
    country.arrive(TSUMUGI, [country.submission(snapshot(ONE, FORTY, country.today))])
    assert rolled(country).submitted == 0
    with scope(TSUMUGI, read_only=True):
        (kept,) = queries.log_of(ONE)
        assert (kept.state, kept.counts.not_started) == (SubmissionState.WITHDRAWN, 120)


def test_a_late_submission_shows_its_age_and_a_missing_one_is_no_zero(country: Country) -> None:
    believe(TSUMUGI, [ONE, TWO], country.clock.now)
    country.arrive(TSUMUGI, [country.submission(snapshot(ONE, FORTY, country.today))])
    country.arrive(TSUMUGI, [country.submission(snapshot(TWO, FORTY, country.today, lambda *_: "d"))])
    country.arrive(TSUMUGI, [country.letter(TWO, 2, {"withdrawn": 1})])
    with scope(TSUMUGI, read_only=True):
        found = queries.roll_up(STANDARD, as_of=country.today + timedelta(days=60))
    (line,) = found.bodies
    assert (line.age_days, line.is_late, found.rate.n, found.rate.stale) == (60, True, 1, Fraction(1))


def test_a_forged_file_is_put_aside(country: Country) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    forged = country.letter(
        ONE, 1, {"snapshot": snapshots.document(snapshot(ONE, FORTY, country.today))}, key=key_of(TWO)
    )
    sealed = country.submission(snapshot(ONE, FORTY, country.today))
    country.arrive(TSUMUGI, [forged, sealed.replace(b"nnn", b"ddd", 1)])
    assert country.refused(TSUMUGI) == {"refused-XCH-802": 1, "refused-XCH-803": 1}
    assert rolled(country).submitted == 0


def test_a_replayed_file_changes_nothing_and_another_under_its_number_is_put_aside(country: Country) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    first = country.submission(snapshot(ONE, FORTY, country.today))
    country.arrive(TSUMUGI, [first])
    country.arrive(TSUMUGI, [first])
    country.arrive(TSUMUGI, [country.submission(snapshot(ONE, FORTY, country.today, lambda *_: "d"))])
    assert country.refused(TSUMUGI) == {"refused-XCH-805": 1}
    assert rolled(country).rate.median == 0


def test_a_body_speaks_for_itself_only_and_to_its_own_prefecture(country: Country) -> None:
    (stranger,) = towns(HAGUMI, 1)
    believe(TSUMUGI, [ONE, stranger], country.clock.now)
    country.arrive(
        TSUMUGI,
        [
            country.submission(snapshot(TWO, FORTY, country.today), sender=ONE),
            country.submission(snapshot(stranger, FORTY, country.today)),
        ],
    )
    with scope(TSUMUGI, read_only=True):
        assert sorted(code for *_, code in exchange_queries.refused()) == ["RUP-802", "RUP-802"]
    assert rolled(country).submitted == 0


def test_a_prefecture_forwards_its_own_towns_only(country: Country) -> None:
    (stranger,) = towns(HAGUMI, 1)
    file = country.submission(snapshot(stranger, FORTY, country.today)).decode()
    believe(NATION, [TSUMUGI], country.clock.now)
    country.arrive(NATION, [country.letter(TSUMUGI, 1, {"files": [file]}, recipient=NATION, kind=FORWARD)])
    with scope(NATION, read_only=True):
        assert [code for *_, code in exchange_queries.refused()] == ["RUP-802"]


def test_by_its_rule_a_prefecture_forwards_at_once_and_withdrawals_too(country: Country) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    viewer = appointed(TSUMUGI, Role.SUPPORT)
    with scope(TSUMUGI):
        services.choose_forwarding(viewer, is_automatic=True, at=country.clock.now)
    country.arrive(TSUMUGI, [country.submission(snapshot(ONE, FORTY, country.today))])
    country.work(NATION)
    assert rolled(country, NATION).submitted == 1
    country.arrive(TSUMUGI, [country.letter(ONE, 2, {"withdrawn": 1})])
    country.work(NATION)
    assert rolled(country, NATION).submitted == 0
    with scope(TSUMUGI, read_only=True):
        assert AuditEntry.objects.filter(action="submission.forwarded").count() == 2


def test_forwarding_asks_for_its_right(country: Country) -> None:
    viewer = appointed(TSUMUGI, Role.MEASURES)
    with scope(TSUMUGI), pytest.raises(RightMissing):
        services.forward(viewer, at=country.clock.now)


@pytest.mark.parametrize(
    "change",
    [
        {"note": "下書き"}, {"name": ""}, {"name": "\x00"}, {"subject": "12345"}, {"release": True}, {"release": 1.0},
        {"steps": []}, {"steps": ["a", "a"]}, {"steps": ["</script>"]}, {"states": {}}, {"states": {"01": "n"}},
        {"states": {"01": "x" * 40}}, {"states": {"<b>": "n" * 40}}, {"weighted_permille": 1001},
        {"weighted_permille": "5"}, {"p50": "2026-13-01"}, {"p50": 20260101}, {"as_of": None}, {"format": "2"},
        {"pack": "https://example.jp"}, {"edition": "../1"},
    ],
)  # fmt: skip
def test_a_document_with_anything_but_the_known_fields_is_refused(change: dict[str, object]) -> None:
    from datetime import date

    good = snapshots.document(snapshot(ONE, FORTY, date(2026, 11, 1)))
    assert snapshots.document(snapshots.read(good)) == good
    with pytest.raises(SubmissionUnfit):
        snapshots.read({**good, **change})


def test_a_snapshot_of_an_unknown_edition_is_kept_and_counts_as_not_comparable(country: Country) -> None:
    believe(TSUMUGI, [ONE, TWO], country.clock.now)
    strange = replace(snapshot(TWO, FORTY, country.today), edition=replace(FORTY, edition="2030-01"))
    country.arrive(
        TSUMUGI, [country.submission(snapshot(ONE, FORTY, country.today)), country.submission(strange)]
    )
    found = rolled(country)
    assert (found.submitted, found.comparable, found.rate.n, found.rate.of) == (2, 1, 1, 2)


def test_nothing_but_files_of_the_roll_up_is_taken(country: Country) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    country.arrive(TSUMUGI, [country.letter(ONE, 1, {"snapshot": {}, "more": 1}), country.letter(ONE, 2, {})])
    with scope(TSUMUGI, read_only=True):
        assert [code for *_, code in exchange_queries.refused()] == ["RUP-801", "RUP-801"]
