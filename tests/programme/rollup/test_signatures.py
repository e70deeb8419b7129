"""The nation sees the hand of each town behind what its prefecture forwards; what the prefecture changes is noticed."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.programme.rollup.conftest import (
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
from tests.support import desk
from todoke.foundation.accounts.values import Role
from todoke.foundation.exchange import queries as exchange_queries
from todoke.foundation.exchange import rules as exchange_rules
from todoke.foundation.fence import scope
from todoke.programme.rollup import queries, services
from todoke.programme.rollup.rules import snapshots
from todoke.programme.rollup.values import FORWARD, Submission, SubmissionSignature, SubmissionState

ONE, TWO = towns(TSUMUGI, 2)


def hand_on(country: Country, files: list[bytes], number: int = 1) -> None:
    """The prefecture sends these to the nation as towns' files, signed by itself as it should be."""
    believe(NATION, [TSUMUGI], country.clock.now)
    body = {"files": [one.decode() for one in files]}
    country.arrive(NATION, [country.letter(TSUMUGI, number, body, recipient=NATION, kind=FORWARD)])


def refused() -> list[str]:
    with scope(NATION, read_only=True):
        return [code for *_, code in exchange_queries.refused()]


def log(code: str = ONE) -> list[Submission]:
    with scope(NATION, read_only=True):
        return list(queries.log_of(code))


def signed_by_the_prefecture(country: Country) -> bytes:
    body = {"snapshot": snapshots.document(snapshot(ONE, FORTY, country.today, lambda *_: "d"))}
    return country.letter(ONE, 1, body, key=key_of(TSUMUGI))


def changed(country: Country) -> bytes:
    return country.submission(snapshot(ONE, FORTY, country.today)).replace(b"nnn", b"ddd", 1)


def renumbered(country: Country) -> bytes:
    return country.submission(snapshot(ONE, FORTY, country.today)).replace(b'"number":1,', b'"number":9,', 1)


def under_another_key(country: Country) -> bytes:
    own, other = (exchange_rules.public_key_of(key_of(one)).encode() for one in (ONE, TSUMUGI))
    return country.submission(snapshot(ONE, FORTY, country.today)).replace(own, other, 1)


def withdrawn_in_its_name(country: Country) -> bytes:
    return country.letter(ONE, 2, {"withdrawn": 1}, key=key_of(TSUMUGI))


@pytest.mark.parametrize(
    "forge", [signed_by_the_prefecture, changed, renumbered, under_another_key, withdrawn_in_its_name]
)
def test_what_the_prefecture_changed_is_noticed_and_nothing_of_its_file_is_taken(
    country: Country, forge: Callable[[Country], bytes]
) -> None:
    believe(NATION, [ONE], country.clock.now)
    honest = country.submission(snapshot(TWO, FORTY, country.today))
    hand_on(country, [honest, forge(country)])
    assert refused() == ["RUP-808"]
    assert not log(ONE)
    assert not log(TWO)
    client = desk.browser(NATION, desk.appoint(NATION, [Role.SUPPORT], name="kuni-2"))
    assert "提出した団体自身の署名と合わないものがある" in shown(client, "submissions")


def test_what_was_sent_to_another_prefecture_or_is_no_submission_is_not_taken(country: Country) -> None:
    one = snapshot(ONE, FORTY, country.today)
    elsewhere = country.submission(one, recipient=HAGUMI)
    enquiry = country.letter(ONE, 1, {"snapshot": snapshots.document(one)}, kind=FORWARD)
    for number, file in enumerate((elsewhere, enquiry, b"{}", b""), start=1):
        hand_on(country, [file], number)
    believe(NATION, [TSUMUGI], country.clock.now)
    body = {"files": [7]}
    country.arrive(NATION, [country.letter(TSUMUGI, 5, body, recipient=NATION, kind=FORWARD)])
    assert refused() == ["RUP-801"] * 5


def test_the_nation_sees_whose_hand_it_is_and_what_it_cannot_tell(country: Country) -> None:
    first = country.submission(snapshot(ONE, FORTY, country.today))
    second_key = b"2" * 32
    body = {"snapshot": snapshots.document(snapshot(ONE, FORTY, country.today, lambda *_: "w"))}
    hand_on(country, [first])
    assert [one.signature for one in log()] == [SubmissionSignature.UNREGISTERED], (
        "no key of the town is known"
    )
    hand_on(country, [country.letter(ONE, 2, body, key=second_key)], 2)
    assert [one.signature for one in log()] == [SubmissionSignature.CHANGED, SubmissionSignature.UNREGISTERED]
    believe(NATION, [ONE], country.clock.now)
    assert [one.signature for one in log()] == [SubmissionSignature.CHANGED, SubmissionSignature.CONFIRMED]
    hand_on(country, [country.letter(ONE, 3, body, key=second_key)], 3)
    assert refused() == ["RUP-808"], "from now on only the registered key speaks for the town"


def shown(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"board:{name}", args=args))
    return b"".join(getattr(answer, "streaming_content", None) or [answer.content]).decode()


def test_pages_and_files_name_the_signer_and_a_withdrawal_is_the_towns_own(country: Country) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    believe(NATION, [ONE], country.clock.now)
    viewer = appointed(TSUMUGI, Role.SUPPORT)
    country.arrive(TSUMUGI, [country.submission(snapshot(ONE, FORTY, country.today))])
    with scope(TSUMUGI):
        services.choose_forwarding(viewer, is_automatic=True, at=country.clock.now)
    country.work(TSUMUGI, NATION)
    (told,) = log()
    client = desk.browser(NATION, desk.appoint(NATION, [Role.SUPPORT], name="kuni-1"))
    page = shown(client, "submission", told.uuid)
    fingerprint = exchange_rules.public_key_of(key_of(ONE))[:4]
    assert all(
        words in page
        for words in (f"{ONE}町（{ONE}）の鍵", fingerprint, "登録した鍵の署名", "つむぎ県（990001）")
    )
    assert "登録した鍵の署名" in shown(client, "submissions")
    assert "登録した鍵の署名" in shown(client, "submissions-csv")
    bodies = json.loads(shown(client, "submissions-json"))["bodies"]
    assert [one["signature"] for one in bodies if one["code"] == ONE] == ["confirmed"]
    country.arrive(TSUMUGI, [country.letter(ONE, 2, {"withdrawn": 1})])
    country.work(NATION)
    assert [one.state for one in log()] == [SubmissionState.WITHDRAWN]
    with scope(NATION, read_only=True):
        assert queries.roll_up(STANDARD, as_of=country.today).submitted == 0
