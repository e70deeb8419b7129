"""Profiles, answers and file names are read strictly."""

from pathlib import Path

import pytest
import yaml

from todoke.casework.relay import queries, rules
from todoke.casework.relay.errors import FileNameUnknown, ListFailed, ProfileInvalid
from todoke.casework.relay.values import ApiProfile, ChannelKind

RECEIPT = "260401000000001"


@pytest.fixture
def api() -> ApiProfile:
    profile = queries.load_profile("sandbox-portal").api
    assert profile is not None
    return profile


@pytest.mark.parametrize("name", ["sandbox-portal", "watched-folder", "by-hand"])
def test_every_shipped_profile_says_where_it_is_known_from(name: str) -> None:
    profile = queries.load_profile(name)
    assert profile.name == name
    assert profile.provenance.status == "未確認"
    assert profile.provenance.publisher
    assert profile.provenance.read_on


def test_a_profile_that_does_not_fit_its_schema_is_refused(tmp_path: Path) -> None:
    document = yaml.safe_load((queries.PROFILES / "sandbox-portal.yaml").read_text(encoding="utf-8"))
    del document["api"]["fetch"]
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(ProfileInvalid) as refusal:
        queries.load_profile(str(path))
    assert refusal.value.facts["where"] == "$.api"


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ProfileInvalid):
        queries.load_profile("no-such-profile")


def test_a_towns_own_profile_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes((queries.PROFILES / "by-hand.yaml").read_bytes())
    assert queries.load_profile(str(path)).kind is ChannelKind.HAND


@pytest.mark.parametrize(
    ("row", "is_sound"),
    [
        ({"reference_number": RECEIPT, "reception_date": "2026-04-01T00:00:00+09:00"}, True),
        ({"reference_number": RECEIPT, "reception_date": "2026-04-01T00:00:00"}, False),
        ({"reference_number": RECEIPT, "reception_date": "yesterday"}, False),
        ({"reference_number": RECEIPT}, False),
        ({"reference_number": "../login", "reception_date": "2026-04-01T00:00:00+09:00"}, False),
        (
            {
                "reference_number": "２６０４０１０００００００１１",
                "reception_date": "2026-04-01T00:00:00+09:00",
            },
            False,
        ),
        ({"reference_number": int(RECEIPT), "reception_date": "2026-04-01T00:00:00+09:00"}, False),
    ],
)
def test_a_row_needs_a_number_and_a_time(api: ApiProfile, row: dict[str, object], is_sound: bool) -> None:
    assert (rules.listed_row(row, api.list, "[0-9]{15}") is not None) is is_sound


@pytest.mark.parametrize(
    "answer",
    [{}, {"result": []}, {"result": {"items": {}, "pages": 1}}, {"result": {"items": [], "pages": True}}],
)
def test_an_answer_that_is_no_list_fails(api: ApiProfile, answer: dict[str, object]) -> None:
    with pytest.raises(ListFailed):
        rules.page_of(answer, api.list)


def test_the_number_is_read_from_the_whole_file_name() -> None:
    pattern = queries.load_profile("by-hand").file_pattern
    assert rules.receipt_of_file(f"{RECEIPT}.zip", pattern) == RECEIPT
    for name in (
        f"{RECEIPT}.zip.part",
        f"x{RECEIPT}.zip",
        "１２３４５６７８９０１２３４５.zip",
        f"{RECEIPT}.ZIP\n",
    ):
        with pytest.raises(FileNameUnknown):
            rules.receipt_of_file(name, pattern)


def test_a_password_can_be_sent_as_its_hash(api: ApiProfile) -> None:
    from dataclasses import replace

    hashed = replace(api.login, password_form="sha256-hex")
    assert rules.login_body(api.login, provider="992011", password="x")["password"] == "x"
    assert rules.login_body(hashed, provider="992011", password="x")["password"].startswith(
        "2d711642b726b044"
    )


def test_more_or_fewer_bytes_than_declared_are_noticed() -> None:
    assert list(rules.chunks_within_declared(iter([b"ab", b"c"]), 3)) == [b"ab", b"c"]
    for declared in (2, 4):
        with pytest.raises(ValueError, match="declared"):
            list(rules.chunks_within_declared(iter([b"ab", b"c"]), declared))


def test_a_label_is_printable_and_short() -> None:
    assert rules.label_of("a\x1b[31mb\n" + "x" * 300).startswith("a?[31mb?x")
    assert len(rules.label_of("x" * 300)) == 200
