"""A verification result that a channel delivers is kept as received, with who checked, when and by what."""

import json
from datetime import UTC, datetime

import pytest

from tests.casework.relay.portal import MINASE, NOW, Portal, number
from tests.support.clock import Clock
from todoke.casework.relay import queries, rules
from todoke.casework.relay.models import Package, RecordedCheckRow
from todoke.casework.relay.values import CheckProfile, RecordedCheck, RecordedStanding
from todoke.foundation.fence import scope

WHOLE = {
    "status": "valid", "checked_by": "架空検証局", "checked_at": "2026-04-01T10:01:00+09:00", "method": "OCSP",
    "serial_number": "00:5E:A1",
}  # fmt: skip


@pytest.fixture(scope="module")
def profile() -> CheckProfile:
    api = queries.load_profile("sandbox-portal").api
    assert api is not None
    assert api.check is not None
    return api.check


def read(profile: CheckProfile, row: object) -> RecordedCheck | None:
    return rules.recorded_check({"verification": row}, profile, "sandbox-portal sandbox-1 未確認")


def test_a_whole_result_is_read_with_its_provenance_and_kept_as_received(profile: CheckProfile) -> None:
    found = read(profile, WHOLE)
    assert found is not None
    assert json.loads(found.received) == WHOLE
    assert (found.standing, found.checked_by, found.means) == (RecordedStanding.GOOD, "架空検証局", "OCSP")
    assert found.checked_at == datetime(2026, 4, 1, 1, 1, tzinfo=UTC)
    assert found.serial == "5ea1"
    assert found.source.endswith("未確認")


def test_no_result_is_none(profile: CheckProfile) -> None:
    assert read(profile, None) is None
    assert rules.recorded_check({}, profile, "x") is None


@pytest.mark.parametrize(
    "row",
    [
        "valid", 1, [], True, {}, {**WHOLE, "status": "VALID"}, {**WHOLE, "status": ["valid"]}, {**WHOLE, "status": None},
        {**WHOLE, "note": "x" * 9_000}, {**WHOLE, "note": "\x00"},
    ],
    ids=["text", "number", "list", "boolean", "empty", "case", "nested", "null", "huge", "NUL"],
)  # fmt: skip
def test_what_cannot_be_read_is_unknown_and_never_good(profile: CheckProfile, row: object) -> None:
    found = read(profile, row)
    assert found is not None
    assert found.standing is RecordedStanding.UNKNOWN


@pytest.mark.parametrize("moment", ["2026-04-01T10:01:00", "yesterday", 20260401, None])
def test_a_time_without_offset_is_no_time(profile: CheckProfile, moment: object) -> None:
    found = read(profile, {**WHOLE, "checked_at": moment})
    assert found is not None
    assert found.checked_at is None


def checks() -> list[tuple[str, str]]:
    with scope(MINASE, read_only=True):
        rows = RecordedCheckRow.objects.order_by("pk")
        return list(rows.values_list("package__receipt_number", "checked_by"))


def tell(portal: Portal, position: int, said: object) -> None:
    """Let the portal deliver this with a package, from the next list on."""
    index = portal.data / "portal" / "index.jsonl"
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    for line in lines:
        if line["receipt_number"] == number(position):
            line["verification"] = said
    index.write_text("".join(json.dumps(line) + "\n" for line in lines))
    portal.show_what_lies_there()


def test_the_result_comes_with_the_package_and_later_ones_are_added(portal: Portal, clock: Clock) -> None:
    tell(portal, 1, WHOLE)
    assert portal.pull() == 5
    assert checks() == [(number(1), "架空検証局")]
    portal.pull(at=clock.advance(hours=1))
    assert len(checks()) == 1, "the same words once"
    tell(portal, 4, {**WHOLE, "checked_by": "別の検証局"})
    portal.pull(at=clock.advance(hours=1))
    assert checks() == [(number(1), "架空検証局"), (number(4), "別の検証局")]
    with scope(MINASE, read_only=True):
        package = Package.objects.get(receipt_number=number(4))
        assert queries.recorded_checks([package.pk])[package.pk].checked_by == "別の検証局"
        assert package.state == "pending"
        assert RecordedCheckRow.objects.first().noted_at == NOW  # type: ignore[union-attr]  # there are two
