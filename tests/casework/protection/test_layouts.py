"""The layout of a list of protected persons: shipped by name, a town's own by its path."""

from io import BytesIO
from pathlib import Path

import pytest

from tests.casework.identify.conftest import ACTOR, MINASE, NOW
from tests.casework.identify.conftest import bodies as bodies
from todoke.casework.protection import queries, services
from todoke.casework.protection.errors import ProfileUnknown
from todoke.casework.protection.values import ProtectionReport
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import scope

SHIPPED = (queries.PROFILES / "protected-persons.yaml").read_text(encoding="utf-8")


@pytest.fixture
def own(bodies: None, tmp_path: Path) -> Path:
    """A town's layout: another heading, another word, another encoding, and no names."""
    path = tmp_path / "our-list.yaml"
    text = SHIPPED.replace("number: 宛名番号", "number: 個人宛名").replace("DV: violence", "一号: violence")
    text = (
        text.replace("utf-8-sig", "cp932")
        .replace("name: 氏名 ", 'name: "" ')
        .replace("kana: カナ", 'kana: ""')
    )
    path.write_text(text.replace("birth: 生年月日", 'birth: ""'), encoding="utf-8")
    return path


def load(lines: str, profile: str) -> ProtectionReport:
    with scope(MINASE):
        report, _ = services.load(BytesIO(lines.encode("cp932")), actor=ACTOR, at=NOW, profile=profile)
        return report


def test_a_towns_own_layout_is_read_from_its_path(own: Path) -> None:
    report = load("開始日,個人宛名,終了日,理由\n2026-03-01,42,,一号\n", str(own))
    assert (report.rows, report.is_taken) == (1, True)
    with scope(MINASE):
        assert queries.protected_numbers(["42", "43"], japanese_date(NOW)) == {"42"}


def test_a_layout_that_was_mended_is_read_anew(own: Path) -> None:
    lines = "開始日,個人宛名,終了日,理由\n2026-03-01,42,,二号\n"
    assert not load(lines, str(own)).is_taken
    own.write_text(own.read_text(encoding="utf-8").replace("一号", "二号"), encoding="utf-8")
    assert load(lines, str(own)).is_taken


@pytest.mark.parametrize("broken", ["profile: [", "profile: x", ""], ids=["no YAML", "half", "empty"])
def test_a_layout_that_cannot_be_used_is_refused_and_protects_nobody(own: Path, broken: str) -> None:
    own.write_text(broken, encoding="utf-8")
    with pytest.raises(ProfileUnknown):
        load("宛名番号,理由,開始日\n42,DV,2026-03-01\n", str(own))
    with scope(MINASE):
        assert not queries.is_anybody_protected(japanese_date(NOW))


def test_only_layouts_are_found_by_name(bodies: None) -> None:
    assert queries.protection_profile("protected-persons").status == "未確認"
    for name in ("../../etc/passwd", "no-such-list", "/nowhere/list.yaml"):
        with pytest.raises(ProfileUnknown):
            queries.protection_profile(name)
