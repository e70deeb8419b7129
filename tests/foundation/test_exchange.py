"""Files between bodies: signed, numbered, taken once; whatever is not as it should be is put aside and named."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from tests.support.rows import AT
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.exchange import queries, rules, services
from todoke.foundation.exchange.errors import FileBroken, KeyUnfit, NotForUs, SenderUnknown, SignatureWrong
from todoke.foundation.exchange.models import IncomingFile, OutgoingFile
from todoke.foundation.exchange.values import Arrived, Gap, Letter, Peer
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

TOWN, PREFECTURE = "992011", "990001"
ACTOR = Actor(ActorKind.WORKER, "worker-1")
KIND = "programme.submission"
KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
LETTER = Letter(KIND, TOWN, PREFECTURE, 1, date(2026, 11, 1), AT, {"plan": "標準化", "items": [1, 2]})
PEERS = [Peer(TOWN, rules.public_key_of(KEY), AT)]


def context(organisation: str) -> JobContext:
    return JobContext(organisation, Claimant("worker-1", AT), 10)


def send(body: dict[str, Any], *, recipient: str = PREFECTURE) -> int:
    with scope(TOWN):
        number = services.write(
            KIND, recipient=recipient, as_of=date(2026, 11, 1), body=body, actor=ACTOR, at=AT
        )
    services.deliver(context(TOWN))
    return number


def take(organisation: str = PREFECTURE) -> list[Arrived]:
    services.collect(context(organisation))
    with scope(organisation):
        return services.claim([KIND], limit=10, by=Claimant("worker-1", AT))


def folders() -> dict[str, list[str]]:
    inbox = queries.inbox(PREFECTURE)
    return {
        one.name: sorted(file.name for file in one.iterdir())
        for one in sorted(inbox.iterdir())
        if one.is_dir()
    }


@pytest.fixture
def two(db: None, var_dir: Path) -> None:
    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)
    organisations.register_organisation(PREFECTURE, name="つむぎ県", kind=OrganisationKind.PREFECTURE, at=AT)
    services.introduce(TOWN, PREFECTURE, actor=ACTOR, at=AT)


def test_a_letter_is_read_back_as_it_was_written() -> None:
    letter, document = rules.read(rules.seal(LETTER, KEY))
    rules.verify(letter, document, ours=PREFECTURE, peers=PEERS)
    assert letter == LETTER


def test_every_flipped_byte_is_noticed() -> None:
    content = rules.seal(LETTER, KEY)
    for at in range(len(content)):
        flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        with pytest.raises((FileBroken, NotForUs, SenderUnknown, SignatureWrong)):
            letter, document = rules.read(flipped)
            rules.verify(letter, document, ours=PREFECTURE, peers=PEERS)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"format":"todoke-exchange/1"}',
        rules.seal(LETTER, KEY).replace(b'"number":1,', b'"number":1,"number":1,'),
        rules.seal(LETTER, KEY).replace(b'"number":1,', b'"number":true,'),
        rules.seal(LETTER, KEY).replace(b'"number":1,', b'"number":0,'),
        rules.seal(LETTER, KEY).replace(b'"number":1,', b'"number": 1,'),
        rules.seal(LETTER, KEY).replace(b'"as_of":"2026-11-01"', b'"as_of":"2026-13-01"'),
        rules.seal(LETTER, KEY).replace(b"todoke-exchange/1", b"todoke-exchange/2"),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_file_of_the_exchange_is_broken(content: bytes) -> None:
    with pytest.raises(FileBroken):
        rules.read(content)


def test_a_stranger_an_ended_key_and_another_ones_name_are_refused() -> None:
    ended = [Peer(TOWN, rules.public_key_of(KEY), AT, AT - timedelta(seconds=1))]
    for key, peers in ((OTHER, PEERS), (KEY, []), (KEY, ended)):
        letter, document = rules.read(rules.seal(LETTER, key))
        with pytest.raises(SenderUnknown):
            rules.verify(letter, document, ours=PREFECTURE, peers=peers)
    letter, document = rules.read(rules.seal(LETTER, KEY))
    with pytest.raises(SignatureWrong):
        rules.verify(letter, {**document, "number": 2}, ours=PREFECTURE, peers=PEERS)
    with pytest.raises(NotForUs):
        rules.verify(letter, document, ours=TOWN, peers=PEERS)


def test_numbers_that_have_not_arrived_are_named() -> None:
    assert rules.gaps([(TOWN, KIND, 1), (TOWN, KIND, 4), (PREFECTURE, KIND, 1)]) == [Gap(TOWN, KIND, (2, 3))]


@pytest.mark.parametrize("key", ["", "00", "g" * 64])
def test_what_is_no_key_is_not_registered(two: None, key: str) -> None:
    with scope(PREFECTURE), pytest.raises(KeyUnfit):
        services.believe(TOWN, key, actor=ACTOR, at=AT)


def test_a_letter_passes_from_a_town_to_its_prefecture_and_is_taken_once(two: None) -> None:
    assert send({"plan": "標準化"}) == 1
    (arrived,) = take()
    assert (arrived.letter.sender, arrived.letter.body) == (TOWN, {"plan": "標準化"})
    assert take() == []
    with scope(PREFECTURE):
        assert services.taken(arrived, at=AT)
        assert not services.taken(arrived, at=AT)
    with scope(TOWN, read_only=True):
        assert AuditEntry.objects.filter(action="exchange.written").count() == 1
        assert OutgoingFile.objects.get().state == "sent"
    assert folders() == {"taken": [f"{TOWN}-programme-submission-000001.json"]}


def test_a_file_that_arrives_twice_is_taken_once(two: None) -> None:
    send({"plan": 1})
    (file,) = queries.inbox(PREFECTURE).glob("*.json")
    content = file.read_bytes()
    assert len(take()) == 1
    file.write_bytes(content)
    assert take() == []
    with scope(PREFECTURE, read_only=True):
        assert IncomingFile.objects.count() == 1


def test_other_content_under_a_known_number_is_put_aside(two: None) -> None:
    send({"plan": 1})
    (file,) = queries.inbox(PREFECTURE).glob("*.json")
    letter, _ = rules.read(file.read_bytes())
    take()
    key = bytes.fromhex(queries.key_file(TOWN).read_text())
    forged = rules.seal(Letter(KIND, TOWN, PREFECTURE, 1, letter.as_of, AT, {"plan": 2}), key)
    file.write_bytes(forged)
    assert take() == []
    assert folders()["refused-XCH-805"] == [file.name]


def test_a_bad_file_is_put_aside_and_stops_no_other(two: None) -> None:
    inbox = queries.inbox(PREFECTURE)
    send({"plan": 1})
    (inbox / "000-first.json").write_bytes(b"{")
    (inbox / "001-stranger.json").write_bytes(rules.seal(LETTER, OTHER))
    assert len(take()) == 1
    assert set(folders()) == {"refused-XCH-801", "refused-XCH-802", "taken"}


def test_a_file_whose_taking_was_lost_is_offered_again(two: None) -> None:
    send({"plan": 1})
    (first,) = take()
    with scope(PREFECTURE):
        later = Claimant("worker-2", AT + timedelta(minutes=5))
        (again,) = services.claim([KIND], limit=10, by=later)
        assert again.id == first.id
        assert not services.taken(first, at=AT)
        assert services.taken(again, at=AT)


def test_what_a_stage_refuses_is_listed(two: None) -> None:
    send({"plan": 1})
    (arrived,) = take()
    with scope(PREFECTURE):
        assert services.refuse(arrived, code="RUP-801", at=AT)
        assert queries.refused() == [(TOWN, KIND, 1, "RUP-801")]


def test_files_are_numbered_without_a_gap_for_each_recipient(two: None) -> None:
    assert [send({}), send({}), send({}, recipient=TOWN)] == [1, 2, 1]
    assert [
        json.loads(file.read_bytes())["number"] for file in sorted(queries.inbox(PREFECTURE).glob("*.json"))
    ] == [1, 2]


def test_a_key_can_be_ended_by_a_person(two: None) -> None:
    with scope(PREFECTURE):
        (peer,) = queries.peers()
        assert peer.fingerprint.count(" ") == 3
        assert services.end_belief(TOWN, peer.public_key, actor=ACTOR, at=AT - timedelta(seconds=1))
        assert not services.end_belief(TOWN, peer.public_key, actor=ACTOR, at=AT)
    send({"plan": 1})
    assert take() == []
    assert set(folders()) == {"refused-XCH-802"}


def test_a_file_that_cannot_be_taken_stops_no_other_and_is_parked_at_the_limit(
    two: None, settings: Settings
) -> None:
    settings.TODOKE_RETRY_LIMIT, settings.TODOKE_RETRY_BASE_SECONDS = 2, 0
    send({"plan": "poison"})
    send({"plan": 1})
    seen = []

    def take_it(arrived: Arrived, actor: Actor) -> None:
        seen.append(arrived.letter.body["plan"])
        if arrived.letter.body["plan"] == "poison":
            raise KeyError("poison")

    services.collect(context(PREFECTURE))
    assert services.take_each([KIND], context(PREFECTURE), take_it) == 1
    assert services.take_each([KIND], context(PREFECTURE), take_it) == 0
    assert services.take_each([KIND], context(PREFECTURE), take_it) == 0
    assert seen == ["poison", 1, "poison"]
    with scope(PREFECTURE, read_only=True):
        states = list(IncomingFile.objects.order_by("number").values_list("state", "parked_code"))
    assert states == [("waiting", "SYS-910"), ("taken", "")]


def test_of_a_file_whose_claim_was_lost_nothing_is_kept(two: None) -> None:
    send({"plan": 1})
    services.collect(context(PREFECTURE))

    def take_late(arrived: Arrived, actor: Actor) -> None:
        services.believe(TOWN, "ab" * 32, actor=actor, at=AT)
        IncomingFile.objects.update(fence=arrived.fence + 1)  # another worker has claimed it meanwhile

    assert services.take_each([KIND], context(PREFECTURE), take_late) == 0
    with scope(PREFECTURE, read_only=True):
        assert [one.public_key for one in queries.peers()] == [_key_of(TOWN)]
        assert IncomingFile.objects.get().state == "waiting"


def test_what_a_stage_cannot_take_is_refused_with_its_code(two: None) -> None:
    send({"plan": 1})
    services.collect(context(PREFECTURE))

    def refuse_it(arrived: Arrived, actor: Actor) -> None:
        raise KeyUnfit

    assert services.take_each([KIND], context(PREFECTURE), refuse_it) == 0
    with scope(PREFECTURE, read_only=True):
        assert queries.refused() == [(TOWN, KIND, 1, "XCH-806")]


def _key_of(organisation: str) -> str:
    return rules.public_key_of(bytes.fromhex(queries.key_file(organisation).read_text()))
