"""What became of each node, over one edition and over several; nothing is lost, nothing is counted twice."""

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programme.packs.made import after, edition, node
from todoke.programme.packs.rules import check, diff, heirs, lineage, successors
from todoke.programme.packs.rules.findings import is_sound
from todoke.programme.packs.values import ChangeKind, Edition, Estimate, Relation, Succession

SAME, SPLIT, MERGED, DROPPED, ADDED = (
    Relation.SAME, Relation.SPLIT, Relation.MERGED, Relation.DROPPED, Relation.ADDED,
)  # fmt: skip


def to(relation: Relation, before: str, *heirs_: str) -> Succession:
    return Succession(relation, tuple(before.split()), tuple(heirs_))


FIRST = edition(node("a"), node("b"), node("c"), node("d"))
SECOND = after(
    FIRST, node("a"), node("b1"), node("b2"), node("cd"), node("new"),
    moves=(to(SAME, "a", "a"), to(SPLIT, "b", "b1", "b2"), to(MERGED, "c d", "cd"), to(ADDED, "", "new")),
)  # fmt: skip
THIRD = after(
    SECOND, node("z"), node("b"), printed="3.0",
    moves=(to(DROPPED, "a"), to(MERGED, "b1 cd", "b"), to(DROPPED, "b2 new"), to(ADDED, "", "z")),
)  # fmt: skip


def codes(one: Edition, before: Edition | None) -> set[str]:
    return {finding.code for finding in check(one, before=before)}


def test_a_complete_map_is_sound() -> None:
    assert is_sound(check(SECOND, before=FIRST))
    assert is_sound(check(THIRD, before=SECOND))


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ((to(SAME, "a", "a"),), "PCK-301"),
        ((*SECOND.succession, to(DROPPED, "b")), "PCK-302"),
        (SECOND.succession[:3], "PCK-303"),
        ((*SECOND.succession, to(ADDED, "", "a")), "PCK-304"),
        ((*SECOND.succession, to(DROPPED, "nobody")), "PCK-305"),
        ((*SECOND.succession, to(ADDED, "", "nobody")), "PCK-306"),
        ((*SECOND.succession[1:], to(SPLIT, "a", "a")), "PCK-307"),
        ((*SECOND.succession[1:], to(DROPPED, "a", "a")), "PCK-307"),
    ],
)
def test_an_incomplete_map_says_which_node_is_wanting(moves: tuple[Succession, ...], code: str) -> None:
    assert code in codes(replace(SECOND, succession=moves), FIRST)


def test_a_map_without_its_edition_before_says_that_it_was_not_checked() -> None:
    assert "PCK-309" in codes(SECOND, None)
    assert "PCK-310" in codes(replace(SECOND, supersedes=""), None)
    assert "PCK-311" in codes(replace(SECOND, succession=()), FIRST)


def test_what_is_called_the_same_and_is_not_is_doubted() -> None:
    changed = after(edition(node("a")), node("a", estimate=Estimate(1, 2, 3)), moves=(to(SAME, "a", "a"),))
    assert "PCK-308" in codes(changed, edition(node("a")))


def test_without_a_map_the_same_id_is_the_same_node_and_an_absent_one_is_gone() -> None:
    new = edition(node("a"), node("e"), printed="2.0", supersedes="1.0")
    found = diff(FIRST, new)
    assert [(one.relation, one.before, one.after) for one in found.fates] == [
        (SAME, ("a",), ("a",)), (DROPPED, ("b",), ()), (DROPPED, ("c",), ()), (DROPPED, ("d",), ()), (ADDED, (), ("e",)),
    ]  # fmt: skip
    assert not any(one.is_stated for one in found.fates)
    assert successors(new, "a") == ("a",)
    assert successors(new, "b") == ()


def test_a_change_of_wording_is_told_apart_from_one_that_plans_compute_with() -> None:
    old = edition(node("a", "古い名前"), node("b"))
    new = edition(
        node("a", "新しい名前"), node("b", estimate=Estimate(9, 9, 9)), printed="2.0", supersedes="1.0"
    )
    wording, content = diff(old, new).fates
    assert [one.kind for one in wording.changes] == [ChangeKind.TEXT]
    assert not wording.is_semantic
    assert [(one.field, one.kind) for one in content.changes] == [("estimate", ChangeKind.SEMANTIC)]
    assert content.is_semantic


def test_a_node_is_followed_over_several_editions_by_its_loosest_hop() -> None:
    way = [FIRST, SECOND, THIRD]
    assert [(lineage(way, one).relation, lineage(way, one).heirs) for one in "abcd"] == [
        (DROPPED, ()), (MERGED, ("b",)), (MERGED, ("b",)), (MERGED, ("b",)),
    ]  # fmt: skip
    assert lineage(way, "b").path == (FIRST.ref, SECOND.ref, THIRD.ref)
    over_both = heirs(way)
    assert {one.before for one in over_both.fates if one.relation is MERGED} == {("b", "c", "d")}
    assert over_both.fate_of("a") is not None
    assert over_both.origin_of("z") is not None


@st.composite
def successions(draw: st.DrawFn, base: Edition, printed: str) -> Edition:
    """A successor of an edition with a random complete map."""
    moves, nodes = list[Succession](), list[str]()
    waiting = [one.id for one in base.nodes]
    while waiting:
        kind = draw(st.sampled_from([SAME, SPLIT, MERGED, DROPPED]))
        taken = [waiting.pop() for _ in range(min(len(waiting), 2 if kind is MERGED else 1))]
        if kind is MERGED and len(taken) == 1:
            kind = SAME
        fresh = [
            f"n{printed[0]}-{len(nodes)}-{i}" for i in range({SAME: 1, SPLIT: 2, MERGED: 1, DROPPED: 0}[kind])
        ]
        relation = Relation.REWORDED if kind is SAME else kind
        moves.append(Succession(relation, tuple(taken), tuple(fresh)))
        nodes += fresh
    moves.append(to(ADDED, "", f"x{printed[0]}"))
    return after(
        base, *(node(one) for one in [*nodes, f"x{printed[0]}"]), moves=tuple(moves), printed=printed
    )


@settings(max_examples=30)
@given(st.data())
def test_over_any_chain_every_node_of_both_ends_has_exactly_one_fate(data: st.DataObject) -> None:
    way = reduce(
        lambda made, printed: [*made, data.draw(successions(made[-1], printed))],
        ["2.0", "3.0", "4.0"],
        [FIRST],
    )
    for one in way[1:]:
        assert is_sound(check(one, before=way[way.index(one) - 1]))
    found = heirs(way)
    assert sorted(one for fate in found.fates for one in fate.before) == sorted(one.id for one in FIRST.nodes)
    assert sorted(one for fate in found.fates for one in fate.after) == sorted(
        one.id for one in way[-1].nodes
    )
