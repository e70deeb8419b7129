"""Core-system profiles: what is shipped is sound; what is wrong is named and refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from todoke.casework.handover.errors import ProfileInvalid
from todoke.casework.handover.queries import PROFILES, core_profile
from todoke.casework.identify.values import PartyRole
from todoke.foundation.procedures.queries import catalogue


@pytest.mark.parametrize("name", sorted(path.stem for path in PROFILES.glob("*.yaml")))
def test_every_shipped_profile_is_sound_and_names_known_procedures(name: str) -> None:
    profile = core_profile(name)
    assert profile.procedures <= catalogue().keys()
    assert profile.columns[0].source == "key"
    assert {need.role for needs in profile.numbers.values() for need in needs} <= set(PartyRole)


def test_what_is_not_confirmed_says_so() -> None:
    assert not core_profile("sample-core").is_confirmed


@pytest.fixture
def document() -> Any:
    """The sample profile, to be spoiled."""
    return yaml.safe_load((PROFILES / "sample-core.yaml").read_text(encoding="utf-8"))


def test_a_town_may_bring_its_own_by_path(document: Any, tmp_path: Path) -> None:
    document["name"] = "own"
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert core_profile(str(path)).name == "own"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("encoding", "shift_jis"), ("file_name", "{system}"), ("file_name", "../{organisation}-{number:06d}"),
        ("file_name", "{organisation.__class__}-{number:06d}"), ("columns", []), ("delimiter", ";"),
        ("procedures", []), ("numbers", {"*": [{"role": "neighbour", "label": "隣人", "number_kind": "atena"}]}),
        ("extra", 1),
    ],
)  # fmt: skip
def test_a_profile_that_breaks_the_schema_is_refused(
    document: Any, tmp_path: Path, place: str, value: Any
) -> None:
    document[place] = value
    assert_refused(document, tmp_path)


@pytest.mark.parametrize("source", ["party.applicant.__class__", "item.", "settings", "applicant.password"])
def test_a_column_can_only_come_from_a_known_source(document: Any, tmp_path: Path, source: str) -> None:
    document["columns"][3]["source"] = source
    assert_refused(document, tmp_path)


def test_the_first_column_is_the_key(document: Any, tmp_path: Path) -> None:
    document["columns"] = document["columns"][1:]
    assert_refused(document, tmp_path)


def refuse_cancellation(document: Any, **changes: Any) -> None:
    document["cancellation"] |= changes


def without_file(document: Any) -> None:
    del document["cancellation"]["file_name"]


def without_reference(document: Any) -> None:
    kept = [
        one for one in document["cancellation"]["columns"] if one["name"] not in ("cancels", "receipt_number")
    ]
    document["cancellation"]["columns"] = kept


@pytest.mark.parametrize(
    "spoil",
    [
        without_file, without_reference,
        lambda document: refuse_cancellation(document, file_name=document["file_name"]),
        lambda document: refuse_cancellation(document, file_name="{organisation}"),
        lambda document: refuse_cancellation(document, columns=document["cancellation"]["columns"][1:]),
        lambda document: refuse_cancellation(document, ledger={"original": "gone", "cancellation": "listed"}),
        lambda document: refuse_cancellation(document, extra=1),
        lambda document: document["cancellation"]["columns"][1].update(source="key"),
        lambda document: document["cancellation"]["columns"][1].pop("constant"),
    ],
    ids=["columns of another shape", "no reference", "the same file name", "a name without a number", "no key",
         "unknown ledger", "unknown word", "constant and source", "neither"],
)  # fmt: skip
def test_a_cancellation_that_could_be_mistaken_is_refused(
    document: Any, tmp_path: Path, spoil: Callable[[Any], object]
) -> None:
    spoil(document)
    assert_refused(document, tmp_path)


def test_a_profile_may_do_without_cancellations(document: Any, tmp_path: Path) -> None:
    document["name"] = "own"
    del document["cancellation"]
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert core_profile(str(path)).cancellation is None


def test_broken_yaml_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [", encoding="utf-8")
    for name in (str(tmp_path / "broken.yaml"), str(tmp_path / "absent.yaml"), "absent", "../values"):
        with pytest.raises(ProfileInvalid):
            core_profile(name)


def assert_refused(document: Any, folder: Path) -> None:
    path = folder / "sample-core.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ProfileInvalid):
        core_profile(str(path))
