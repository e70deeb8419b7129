"""Every fault of an edition is found, named and told what to do about; an edition without faults has none."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.programme.packs.made import CODES, chained, edition, node
from todoke.programme.packs.errors import OverlayMisfit
from todoke.programme.packs.rules import check, overlaid
from todoke.programme.packs.rules.findings import is_sound
from todoke.programme.packs.values import (
    Adjustment,
    Concept,
    Deadline,
    Edition,
    Estimate,
    IndicatorDefinition,
    Link,
    LinkType,
    NodeKind,
    Period,
    Source,
    Support,
    Weight,
    Window,
)

SOUND = edition(
    node("a"), node("b", parent="g", repeat_over="business", checks=("x.y >= 1",)), node("g", kind=NodeKind.GROUP),
    links=chained("a", "b"), windows=(Window("w", "議会", (3, 1), (3, 25), ("a",)),), codelists=CODES,
    deadlines=(Deadline("a", date(2026, 3, 31), "令和7年度"),), supports=(Support("s", "補助金", nodes=("a",)),),
    indicators=(IndicatorDefinition("i", "率", "%", nodes=("g",)),),
)  # fmt: skip


def with_(**more: Any) -> Edition:
    return replace(SOUND, **more)


def test_a_sound_edition_has_no_fault() -> None:
    assert is_sound(check(SOUND))


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (with_(nodes=(*SOUND.nodes, node("a"))), "PCK-201"),
        (with_(windows=(*SOUND.windows, *SOUND.windows)), "PCK-201"),
        (with_(links=chained("a", "nobody")), "PCK-202"),
        (with_(nodes=(*SOUND.nodes, node("c", parent="nobody"))), "PCK-202"),
        (with_(windows=(Window("w", "議会", (3, 1), (3, 25), ("nobody",)),)), "PCK-202"),
        (with_(deadlines=(Deadline("nobody"),)), "PCK-202"),
        (with_(supports=(Support("s", "補助金", nodes=("nobody",)),)), "PCK-202"),
        (with_(indicators=(IndicatorDefinition("i", "率", "%", nodes=("nobody",)),)), "PCK-202"),
        (edition(node("a", parent="b"), node("b", parent="a")), "PCK-203"),
        (edition(node("a"), node("b"), node("c"), links=chained("a", "b", "c", "a")), "PCK-204"),
        (with_(nodes=(node("a", repeat_over="nothing"),), links=(), windows=()), "PCK-205"),
        (with_(nodes=(*SOUND.nodes, node("c", applies_if="a +"))), "PCK-206"),
        (with_(codelists={"business": (Concept("01", "住民", applies_if="("),)}), "PCK-206"),
        (with_(nodes=(*SOUND.nodes, node("c", estimate=Estimate(9, 5, 20)))), "PCK-207"),
        (with_(links=chained("a", "a")), "PCK-208"),
        (with_(links=chained("g", "b")), "PCK-208"),
        (with_(codelists={"business": (Concept("01", "住民"), Concept("02", "住民"))}), "PCK-209"),
        (with_(codelists={"business": (Concept("01", "住民", ("市民",)), Concept("02", "市民"))}), "PCK-209"),
        (with_(links=(*chained("a", "b"), Link("a", "b", lag=5))), "PCK-210"),
        (with_(adjustments=(Adjustment("a", Estimate(1, 2, 3)),)), "PCK-211"),
        (with_(period=Period(date(2026, 3, 31), date(2021, 1, 1))), "PCK-212"),
        (with_(deadlines=(Deadline("a", date(1999, 1, 1)),)), "PCK-213"),
        (with_(deadlines=(Deadline("a", None, ""),)), "PCK-214"),
        (with_(nodes=(*SOUND.nodes, node("c", estimate=None))), "PCK-215"),
        (with_(source=Source("題", "者")), "PCK-216"),
        (with_(codelists={"business": ()}), "PCK-218"),
    ],
)  # fmt: skip
def test_every_fault_is_found(broken: Edition, code: str) -> None:
    found = {one.code: one for one in check(broken)}
    assert code in found
    assert found[code].where
    assert found[code].sentence.endswith("。")


def test_two_links_of_different_kinds_between_two_nodes_are_no_fault() -> None:
    both = (Link("a", "b"), Link("a", "b", LinkType.FF))
    assert is_sound(check(with_(links=both)))


def test_the_heaviest_finding_comes_first() -> None:
    weights = [one.weight for one in check(with_(nodes=(*SOUND.nodes, node("a")), source=Source("題", "者")))]
    assert weights == sorted(weights, key=list(Weight).index)


# --- overlays ---


def over(**more: Any) -> Edition:
    more.setdefault("nodes", (node("pref.x", parent="g"),))
    nodes = more.pop("nodes")
    return edition(*nodes, pack="urn:example:ken", overlays=SOUND.ref.pack, overlay_edition="1.0", **more)


def test_an_overlay_adds_and_changes_estimates_and_removes_nothing() -> None:
    overlay = over(
        links=(Link("a", "pref.x"),), adjustments=(Adjustment("a", Estimate(1, 2, 3), {"ベンダ": 4}),),
        codelists={"business": (Concept("90", "県の独自事務"),), "own": (Concept("1", "一"),)},
    )  # fmt: skip
    assert is_sound(check(overlay, below=SOUND))
    whole = overlaid(SOUND, [overlay])
    assert {one.id for one in SOUND.nodes} < {one.id for one in whole.nodes}
    adjusted = whole.node("a")
    assert adjusted is not None
    assert adjusted.estimate == Estimate(1, 2, 3)
    assert adjusted.roles.effort == {"ベンダ": 4}
    assert [one.code for one in whole.codelists["business"]] == ["01", "02", "90"]
    assert whole.ref == SOUND.ref
    assert whole.sha256 != SOUND.sha256
    assert is_sound(check(whole))


@pytest.mark.parametrize(
    ("overlay", "reason"),
    [
        (over(nodes=(node("a"),)), "下の版にあります"),
        (over(links=(Link("a", "nobody"),)), "nobody"),
        (over(adjustments=(Adjustment("nobody"),)), "nobody"),
        (replace(over(), overlays="urn:example:else"), "手順書が違います"),
        (replace(over(), overlay_edition="9.9"), "9.9"),
    ],
)
def test_an_overlay_that_does_not_fit_is_refused(overlay: Edition, reason: str) -> None:
    with pytest.raises(OverlayMisfit) as refused:
        overlaid(SOUND, [overlay])
    assert reason in refused.value.facts["reason"]


def test_an_overlay_that_takes_a_name_from_below_is_found_before_it_is_used() -> None:
    assert "PCK-219" in {one.code for one in check(over(nodes=(node("a"),)), below=SOUND)}
    assert "PCK-220" in {one.code for one in check(over())}
