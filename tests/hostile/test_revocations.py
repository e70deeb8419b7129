"""The rows that lists, channels, clocks and choices decide, through the whole intake: state, finding, and evidence."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.casework.intake.conftest import Work
from tests.casework.intake.packages import ACTOR, MINASE, NOW
from tests.hostile.revocations import Situation, lay_trust, situations
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import SignatureState
from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.values import ChannelRef, Listed, PackageState
from todoke.casework.trust import services as trust
from todoke.casework.trust.values import Checker, RevocationChoice
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope

ADMINISTRATOR = Actor(ActorKind.STAFF, "7")


def choose(checker: Checker) -> None:
    """For the procedure of the package on its channel, by a named administrator."""
    choice = RevocationChoice(checker, "hand", "P32", "試験", valid_from=NOW)
    with scope(MINASE):
        trust.choose_checker(choice, actor=ADMINISTRATOR, at=NOW)


def arrive(situation: Situation, channel: ChannelRef) -> int:
    """The package as the channel delivers it, with what the channel says of it."""
    listed = Listed("260401000000001", situation.received_at, check=situation.recorded)
    received = relay_services.receive_package(
        channel, listed=listed, chunks=[situation.build()], actor=ACTOR, at=NOW
    )
    return received.package_id


@pytest.mark.parametrize("row", situations(), ids=str)
def test_what_is_not_known_to_be_good_is_never_accepted_and_the_evidence_says_why(
    row: Situation, channel: ChannelRef, work: Work, var_dir: Path, settings: Settings
) -> None:
    for file in (var_dir / "trust").iterdir():
        file.unlink()
    lay_trust(var_dir / "trust", row.listed)
    settings.TODOKE_REVOCATION = "required" if row.is_list_required else "if-present"
    if row.chosen is not None:
        choose(row.chosen)
    identity = arrive(row, channel)
    work()
    with scope(MINASE):
        judged = relay.package(identity)
        assert (judged.state, judged.code) == (row.state, row.code)
        found = [one.code for one in intake.findings(identity)]
        assert row.found in found if row.found else found in ([], [row.code])
        stored = intake.evidence(identity)
        document = json.loads(stored.record)
        _assert_evidence(row, document)
        sealing.seal(at=NOW)
        entries = audit.of_object("package", str(identity))
        assert json.loads(entries[-1].facts)["evidence"] == stored.sha256
        assert audit.verify().is_whole
        if row.state is PackageState.ACCEPTED:
            _assert_application(identity, row)


def _assert_evidence(row: Situation, document: Mapping[str, object]) -> None:
    outcome, revocation = document["outcome"], document["revocation"]
    assert isinstance(outcome, dict)
    assert outcome["state"] == row.state.value
    if row.says == ("", ""):
        assert revocation is None
        return
    assert isinstance(revocation, dict)
    assert (revocation["answered_by"], revocation["why"]) == row.says
    assert (revocation["choice"] or {}).get("by") == ("7" if row.chosen else None)
    assert (revocation["channel"] is None) == (row.recorded is None)
    if row.code == "REV-331":
        assert revocation["standing"] == "unknown"
    if outcome["signature"] == SignatureState.VALID.value:
        assert revocation["standing"] == "good"


def _assert_application(identity: int, row: Situation) -> None:
    """A certificate on hold is accepted for a person to decide on, and nothing is handed over meanwhile."""
    stored = intake.application(identity)
    is_held = row.found == "REV-332"
    assert ("REV-332" in stored.hold_codes) == is_held
    state = SignatureState.INDETERMINATE if is_held else SignatureState.VALID
    assert stored.signature.state is state


def test_Z41_the_evidence_of_a_tampered_package_numbers_the_member_and_keeps_its_digest(
    channel: ChannelRef, work: Work
) -> None:
    row = next(one for one in situations() if one.condition == "an attachment's bytes are others")
    identity = arrive(row, channel)
    work()
    with scope(MINASE, read_only=True):
        document = json.loads(intake.evidence(identity).record)
    member = document["members"][document["refused_member"] - 1]
    assert set(member) == {"number", "size", "sha256"}, "an attachment has a number, no name"


def test_C07_what_waited_is_judged_anew_when_the_channel_delivers_its_result(
    channel: ChannelRef, work: Work, var_dir: Path
) -> None:
    rows = {one.condition: one for one in situations()}
    late = rows["the channel's good word where it was chosen"].recorded
    row = rows["the channel says nothing"]
    (var_dir / "trust" / "list-2.crl").unlink()
    choose(Checker.CHANNEL)
    identity = arrive(row, channel)
    work()
    listed = Listed("260401000000001", row.received_at, check=late)
    with scope(MINASE):
        assert relay.package(identity).code == "REV-331"
        assert relay_services.note_checks(channel, [listed], at=NOW) == 1
        assert relay_services.note_checks(channel, [listed], at=NOW) == 0, "said twice, noted once"
    work()
    with scope(MINASE, read_only=True):
        assert relay.package(identity).state is PackageState.ACCEPTED
