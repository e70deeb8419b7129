"""Core-system profiles: what is shipped is sound; what is wrong is named and refused."""

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
