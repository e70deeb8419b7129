"""The rows that lists, channels, clocks and choices decide, through the whole journey: state, finding, and evidence."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.test.utils import override_settings

from tests.casework.intake.packages import MINASE, NOW
from tests.hostile.caravan import Caravan, Traveller
from tests.hostile.house import House, register_channel
from tests.hostile.invariants import Passage
from tests.hostile.revocations import Situation, lay_trust, situations
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import SignatureState
from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.values import ChannelRef, Listed, PackageState
from todoke.casework.trust import services as trust
from todoke.casework.trust.values import Checker, RevocationChoice
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope

ADMINISTRATOR = Actor(ActorKind.STAFF, "7")
ROWS = situations()


@pytest.fixture(scope="module")
def caravan(house_of_module: House) -> Iterator[Caravan[Situation]]:
    with Caravan(house_of_module, ROWS, take_in) as one:
        yield one


def take_in(traveller: Traveller, row: Situation) -> Passage:
    """The lists are laid as the row says; a channel of its own says what it says, and has its own chooser."""
    lay(traveller.house.var / "trust", row)
    with scope(MINASE):
        channel = register_channel(f"hand-{traveller.place}")
        if row.chosen is not None:
            choose(row.chosen, channel)
    with override_settings(TODOKE_REVOCATION="required" if row.is_list_required else "if-present"):
        return traveller.take_in(
            row.build(), received_at=row.received_at, check=row.recorded, channel=channel
        )


def lay(folder: Path, row: Situation) -> None:
    for file in folder.iterdir():
        file.unlink()
    lay_trust(folder, row.listed)


def choose(checker: Checker, channel: ChannelRef) -> None:
    """For the procedure of the package on its channel, by a named administrator."""
    choice = RevocationChoice(checker, channel.name, "P32", "試験", valid_from=NOW)
    trust.choose_checker(choice, actor=ADMINISTRATOR, at=NOW)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_is_not_known_to_be_good_is_never_accepted_and_the_evidence_says_why(
    row: Situation, caravan: Caravan[Situation]
) -> None:
    passage = caravan.of(row)
    identity = passage.package
    with scope(MINASE):
        judged = relay.package(identity)
        assert (judged.state, judged.code) == (row.state, row.code)
        found = [one.code for one in intake.findings(identity)]
        assert row.found in found if row.found else found in ([], [row.code])
        stored = intake.evidence(identity)
        _assert_evidence(row, json.loads(stored.record))
        facts = [json.loads(entry.facts) for entry in audit.of_object("package", str(identity))]
        assert stored.sha256 in {each.get("evidence") for each in facts}
        if row.state is PackageState.ACCEPTED:
            _assert_application(passage, row)
    caravan.check(row)


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


def _assert_application(passage: Passage, row: Situation) -> None:
    """A certificate on hold is accepted for a person to decide on, and nothing is handed over meanwhile."""
    stored = intake.application(passage.package)
    is_held = row.found == "REV-332"
    assert ("REV-332" in stored.hold_codes) == is_held
    assert passage.holds[passage.package] == ("REV-332" if is_held else "")
    state = SignatureState.INDETERMINATE if is_held else SignatureState.VALID
    assert stored.signature.state is state


def test_Z41_the_evidence_of_a_tampered_package_numbers_the_member_and_keeps_its_digest(
    caravan: Caravan[Situation],
) -> None:
    row = next(one for one in ROWS if one.condition == "an attachment's bytes are others")
    with scope(MINASE, read_only=True):
        document = json.loads(intake.evidence(caravan.of(row).package).record)
    member = document["members"][document["refused_member"] - 1]
    assert set(member) == {"number", "size", "sha256"}, "an attachment has a number, no name"


def test_C07_what_waited_is_judged_anew_when_the_channel_delivers_its_result(
    caravan: Caravan[Situation],
) -> None:
    caravan.close()
    rows = {one.condition: one for one in ROWS}
    late = rows["the channel's good word where it was chosen"].recorded
    row = rows["the channel says nothing"]
    listed = Listed("260401000000001", row.received_at, check=late)

    def late_word(traveller: Traveller, row: Situation) -> Passage:
        passage = take_in(traveller, row)
        with scope(MINASE):
            assert relay.package(passage.package).code == "REV-331"
            channel = relay.channel("hand-0")
            assert relay_services.note_checks(channel, [listed], at=NOW) == 1
            assert relay_services.note_checks(channel, [listed], at=NOW) == 0, "said twice, noted once"
        traveller.house.open()
        return passage

    with Caravan(caravan.house, [row], late_word) as alone:
        passage = alone.of(row)
        with scope(MINASE, read_only=True):
            assert relay.package(passage.package).state is PackageState.ACCEPTED
        alone.check(row)
