"""The three-way merge（programme.md 1.4）: each case of it, and what holds whatever the editions and the plan are."""

from dataclasses import replace
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from todoke.programme.packs.values import (
    Basis,
    Concept,
    Edition,
    Estimate,
    Link,
    NodeKind,
    Relation,
    Strength,
    Succession,
)
from todoke.programme.plans.rules.fields import GUIDELINE_FIELDS, is_same, read, shown, value_of
from todoke.programme.plans.rules.merging import merge, merge_over
from todoke.programme.plans.values import (
    Choice,
    EvidenceRef,
    Item,
    ItemField,
    ItemLink,
    ItemState,
    MergeCase,
    Merged,
    PlanContent,
    ScopeEntry,
)

from .editions import BUSINESS, changed, edition, everywhere, hop, item, node, plan_of

BASE = edition("1", [node("a"), node("b"), node("c")], links=[Link("a", "b"), Link("b", "c")])
PROOF = EvidenceRef(UUID(int=7), "議事録", "8DX第3号")
OWN = Estimate(1, 2, 3, Basis.BODY)


def merged(
    ours: PlanContent, new: Edition, choices: dict[str, Choice] | None = None, base: Edition = BASE
) -> Merged:
    return merge(ours, hop(base, new), everywhere, choices or {})


def case(found: Merged, key: str) -> MergeCase:
    return next(one.case for one in found.lines if one.key == key)


def test_text_alone_changes_silently() -> None:
    new = edition("2", [node("a", label="新しい名前"), node("b"), node("c")], supersedes="1")
    found = merged(plan_of(BASE), new)
    assert (case(found, "a@01"), found.questions) == (MergeCase.REWORDED, ())
    assert item(found.content, "a@01").label == "新しい名前"


def test_what_only_the_edition_changed_is_proposed_and_taken_unless_declined() -> None:
    new = edition("2", [node("a", likely=40), node("b"), node("c")], supersedes="1")
    found = merged(plan_of(BASE), new)
    assert case(found, "a@01") is MergeCase.PROPOSED
    assert not any(one.is_open for one in found.questions)
    taken = item(found.content, "a@01")
    assert taken.estimate == Estimate(20, 40, 80)
    assert taken.state is ItemState.ACTIVE
    kept = merged(plan_of(BASE), new, {one.id: Choice.KEEP for one in found.questions})
    assert item(kept.content, "a@01").estimate == Estimate(10, 20, 40)
    assert item(kept.content, "a@01").state is ItemState.ADAPTED


def test_what_both_changed_is_one_question_with_the_three_values() -> None:
    new = edition("2", [node("a", likely=40), node("b"), node("c")], supersedes="1")
    ours = changed(plan_of(BASE), "a@01", estimate=OWN, state=ItemState.ADAPTED)
    found = merged(ours, new)
    (question,) = [one for one in found.questions if one.is_open]
    assert (question.base, question.theirs, question.ours) == ("10/20/40", "20/40/80", "1/2/3")
    assert (case(found, "a@01"), question.default) == (MergeCase.QUESTION, Choice.KEEP)
    assert item(found.content, "a@01").estimate == OWN
    taken = merged(ours, new, {question.id: Choice.TAKE})
    assert item(taken.content, "a@01").estimate == Estimate(20, 40, 80)
    assert item(taken.content, "a@01").state is ItemState.ACTIVE


def test_what_only_we_changed_stays_without_a_question() -> None:
    new = edition("2", [node("a"), node("b", likely=9), node("c")], supersedes="1")
    found = merged(changed(plan_of(BASE), "a@01", estimate=OWN, label="うちの名前"), new)
    kept = item(found.content, "a@01")
    assert (kept.estimate, kept.label) == (OWN, "うちの名前")
    assert case(found, "a@01") is MergeCase.UNCHANGED


def test_what_is_dropped_retires_with_its_evidence_and_leaves_the_denominators() -> None:
    gone = Succession(Relation.DROPPED, ("c",), (), "役目を終えた")
    new = edition("2", [node("a"), node("b")], succession=[gone], supersedes="1")
    found = merged(changed(plan_of(BASE), "c@01", evidence=(PROOF,)), new)
    retired = next(one for one in found.content.items if one.key == "c@01")
    assert (retired.state, retired.evidence, retired.counts) == (ItemState.RETIRED, (PROOF,), False)
    assert "役目を終えた" in retired.reason
    assert found.content.item("c@01") is None


def test_an_absent_node_without_a_word_about_it_retires_too() -> None:
    found = merged(plan_of(BASE), edition("2", [node("a"), node("b")], supersedes="1"))
    assert case(found, "c@02") is MergeCase.RETIRED


def test_pieces_of_a_split_are_new_and_never_done_by_themselves() -> None:
    split = Succession(Relation.SPLIT, ("b",), ("b1", "b2"))
    new = edition("2", [node("a"), node("b1"), node("b2"), node("c")], succession=[split], supersedes="1")
    ours = changed(plan_of(BASE), "b@01", evidence=(PROOF,), section_id=5, person_id=9)
    found = merged(ours, new)
    source = item(ours, "b@01").uuid
    for key in ("b1@01", "b2@01"):
        piece = item(found.content, key)
        assert (piece.relation, piece.sources, piece.evidence) == (Relation.SPLIT, (source,), (PROOF,))
        assert (piece.section_id, piece.person_id, piece.is_new) == (5, 9, True)
    assert next(one.into for one in found.lines if one.key == "b@01") == ("b1@01", "b2@01")


def test_a_piece_whose_id_is_that_of_the_whole_is_a_new_item_all_the_same() -> None:
    split = Succession(Relation.SPLIT, ("b",), ("b", "b2"))
    new = edition("2", [node("a"), node("b"), node("b2"), node("c")], succession=[split], supersedes="1")
    ours = plan_of(BASE)
    found = merged(ours, new)
    assert item(found.content, "b@01").uuid != item(ours, "b@01").uuid
    assert sum(one.key == "b@01" for one in found.content.items) == 2


def test_what_was_merged_names_all_its_sources() -> None:
    one = Succession(Relation.MERGED, ("a", "b"), ("ab",))
    found = merged(plan_of(BASE), edition("2", [node("ab"), node("c")], succession=[one], supersedes="1"))
    whole = item(found.content, "ab@02")
    assert whole.relation is Relation.MERGED
    assert len(whole.sources) == 2
    assert (case(found, "a@02"), case(found, "b@02")) == (MergeCase.MERGED, MergeCase.MERGED)


def test_a_node_that_no_longer_repeats_merges_the_items_of_all_concepts() -> None:
    new = edition("2", [node("a", repeat_over=""), node("b"), node("c")], supersedes="1")
    found = merged(plan_of(BASE), new)
    assert len(item(found.content, "a@").sources) == 2


def test_what_is_added_is_flagged_for_planning() -> None:
    found = merged(plan_of(BASE), edition("2", [node("a"), node("b"), node("c"), node("d")], supersedes="1"))
    assert (case(found, "d@01"), item(found.content, "d@01").is_new) == (MergeCase.ADDED, True)


def local(parent: UUID | None) -> Item:
    uuid = uuid4()
    return Item(0, uuid, f"local:{uuid}@", "", "", "独自", NodeKind.MEASURE, ItemState.LOCAL, parent=parent)


def test_a_local_item_is_kept_and_moves_to_be_sorted_when_its_parent_retires() -> None:
    ours = plan_of(BASE)
    below, beside = local(item(ours, "c@01").uuid), local(item(ours, "a@01").uuid)
    found = merged(
        replace(ours, items=(*ours.items, below, beside)),
        edition("2", [node("a"), node("b")], supersedes="1"),
    )
    after = {one.uuid: one for one in found.content.items}
    assert (after[below.uuid].needs_sorting, after[below.uuid].parent) == (True, None)
    assert after[beside.uuid] == beside


def test_a_business_that_is_called_otherwise_goes_on_by_its_alias() -> None:
    renamed = (Concept("A1", "住民記録", aliases=("住民",)), Concept("02", "税"))
    new = edition("2", [node("a"), node("b"), node("c")], supersedes="1", business=renamed)
    ours = plan_of(BASE)
    found = merged(ours, new)
    assert item(found.content, "a@A1").uuid == item(ours, "a@01").uuid
    assert [one.code for one in found.content.plan.scope] == ["A1", "02"]


def test_a_business_that_was_left_out_stays_out() -> None:
    ours = plan_of(
        BASE, scope=(ScopeEntry("business", "01", "住民"), ScopeEntry("business", "02", "税", False, "なし"))
    )
    found = merged(ours, edition("2", [node("a"), node("b"), node("c")], supersedes="1"))
    assert {one.concept for one in found.content.items} == {"01"}
    assert not found.questions


def test_a_relaxed_link_stays_relaxed_unless_the_guideline_claims_it_without_a_reason_of_ours() -> None:
    ours = plan_of(BASE)
    relaxed = replace(ours, links=tuple(replace(one, is_relaxed=True) for one in ours.links))
    claimed = Link("a", "b", strength=Strength.GUIDELINE)
    new = edition("2", [node("a"), node("b"), node("c")], links=[claimed, Link("b", "c")], supersedes="1")
    found = merged(relaxed, new)
    states = {one.strength: one.is_relaxed for one in found.content.links}
    assert states == {Strength.GUIDELINE: False, Strength.PRACTICE: True}
    assert len(found.parts) == 2


def test_the_bodys_own_link_moves_to_the_heirs_of_its_ends() -> None:
    ours = plan_of(BASE)
    own = ItemLink(uuid4(), item(ours, "b@01").uuid, item(ours, "b@02").uuid, strength=Strength.LOCAL)
    split = Succession(Relation.SPLIT, ("b",), ("b1", "b2"))
    new = edition("2", [node("a"), node("b1"), node("b2"), node("c")], succession=[split], supersedes="1")
    found = merged(replace(ours, links=(*ours.links, own)), new)
    assert sum(one.strength is Strength.LOCAL for one in found.content.links) == 4


def test_the_same_edition_changes_nothing() -> None:
    ours = changed(plan_of(BASE), "a@01", estimate=OWN, state=ItemState.ADAPTED)
    found = merged(ours, BASE)
    assert found.content == ours
    assert {one.case for one in found.lines} == {MergeCase.UNCHANGED}


STATED = ((Relation.SPLIT, 1, 2), (Relation.MERGED, 2, 1), (Relation.SAME, 1, 1), (Relation.DROPPED, 1, 0))
NAMES = ("a", "b", "c", "d", "e")
names = st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=5)


@st.composite
def editions(draw: st.DrawFn) -> tuple[Edition, Edition]:
    """An edition and one that follows it, with a map that says of some nodes what became of them."""
    old = [node(one, likely=draw(st.sampled_from([10.0, 20.0]))) for one in draw(names)]
    ids = draw(names)
    new = [node(one, likely=draw(st.sampled_from([10.0, 20.0, 30.0]))) for one in ids]
    base = edition("1", old)
    before, after = draw(st.permutations([one.id for one in old])), draw(st.permutations(ids))
    stated = []
    for relation, left, right in (
        (Relation.SPLIT, 1, 2),
        (Relation.MERGED, 2, 1),
        (Relation.SAME, 1, 1),
        (Relation.DROPPED, 1, 0),
    ):
        if draw(st.booleans()) and len(before) >= left and len(after) >= right:
            stated.append(Succession(relation, tuple(before[:left]), tuple(after[:right])))
            before, after = before[left:], after[right:]
    return base, edition("2", new, succession=stated, supersedes="1")


@st.composite
def used(draw: st.DrawFn, base: Edition) -> PlanContent:
    """A plan of the edition in which some items are changed, out of scope, or have evidence and items of the body's own."""
    items: list[Item] = []
    for number, one in enumerate(plan_of(base).items):
        changes: dict[str, object] = draw(
            st.sampled_from([
                {}, {"estimate": OWN, "state": ItemState.ADAPTED}, {"state": ItemState.OUT_OF_SCOPE, "reason": "該当なし"},
                {"evidence": (EvidenceRef(UUID(int=number + 1), "資料", "棚"),)},
            ])
        )  # fmt: skip
        items.append(replace(one, **changes))  # type: ignore[arg-type]  # fields of an item
        if draw(st.booleans()):
            items.append(local(one.uuid))
    return replace(plan_of(base), items=tuple(items))


@settings(max_examples=60)
@given(st.data())
def test_whatever_the_editions_nothing_is_lost_and_every_item_has_one_fate(data: st.DataObject) -> None:
    base, new = data.draw(editions())
    ours = data.draw(used(base))
    found = merged(ours, new, base=base)
    before, after = {one.uuid: one for one in ours.items}, {one.uuid: one for one in found.content.items}
    assert set(before) <= set(after)
    assert len(after) == len(found.content.items)
    fates = [one.item for one in found.lines if one.item is not None]
    assert sorted(fates) == sorted(before)
    for uuid, one in before.items():
        assert after[uuid].evidence == one.evidence
        if after[uuid].state is not ItemState.RETIRED and one.estimate == OWN:
            assert after[uuid].estimate == OWN
        if one.state is ItemState.OUT_OF_SCOPE and after[uuid].state is not ItemState.RETIRED:
            assert after[uuid].reason == "該当なし"


@settings(max_examples=60)
@given(st.data())
def test_whatever_the_editions_the_plan_stands_on_the_new_one(data: st.DataObject) -> None:
    base, new = data.draw(editions())
    found = merged(data.draw(used(base)), new, base=base)
    living = [one for one in found.content.items if one.state is not ItemState.RETIRED]
    keys = [one.key for one in living if one.node]
    assert sorted(keys) == sorted({f"{one.id}@{concept.code}" for one in new.nodes for concept in BUSINESS})
    standing = {one.uuid for one in living}
    assert all(one.parent is None or one.parent in standing for one in living)
    retired = {one.uuid for one in found.content.items} - standing
    for one in living:
        assert set(one.sources) <= retired
        assert one.relation is not Relation.SPLIT or one.is_new
    again = merge(found.content, hop(new, new), everywhere, {})
    assert again.content.items == found.content.items


@settings(max_examples=30)
@given(st.data())
def test_over_several_editions_each_is_merged_after_the_other(data: st.DataObject) -> None:
    base, new = data.draw(editions())
    last = edition("3", new.nodes[:2], supersedes="2")
    ours = data.draw(used(base))
    hops = [hop(base, new), hop(new, last)]
    at_once = merge_over(ours, hops, everywhere, {})
    first = merge(ours, hops[0], everywhere, {})
    assert at_once.content == merge(first.content, hops[1], everywhere, {}).content
    assert {one.uuid for one in ours.items} <= {one.uuid for one in at_once.content.items}


@given(
    st.sampled_from(
        [
            ItemField.ESTIMATE,
            ItemField.EFFORT,
            ItemField.DELIVERABLES,
            ItemField.DEADLINE,
            ItemField.EARLY_STARTABLE,
        ]
    ),
    st.data(),
)
def test_what_is_shown_is_read_back_as_the_same(field: ItemField, data: st.DataObject) -> None:
    days = st.integers(0, 4000).map(lambda quarters: quarters / 4)
    words = st.text("業務主管課DX 推進", min_size=1, max_size=8).map(str.strip).filter(bool)
    values: dict[ItemField, st.SearchStrategy[object]] = {
        ItemField.ESTIMATE: st.lists(days, min_size=3, max_size=3).map(
            lambda one: Estimate(min(one), sorted(one)[1], max(one), Basis.BODY)
        ),
        ItemField.EFFORT: st.dictionaries(words, days, max_size=3),
        ItemField.DELIVERABLES: st.lists(words, max_size=3).map(tuple),
        ItemField.DEADLINE: st.none() | st.dates(),
        ItemField.EARLY_STARTABLE: st.sampled_from([None, True, False]),
    }
    value = data.draw(values[field])
    assert is_same(field, read(field, shown(field, value)), value)


def test_every_field_of_the_guideline_can_be_compared() -> None:
    one = item(plan_of(BASE), "a@01")
    assert all(is_same(field, value_of(one, field), value_of(one, field)) for field in GUIDELINE_FIELDS)
