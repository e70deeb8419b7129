"""What a clerk may do with a held or refused row, and who may not."""

from collections.abc import Callable

import pytest

from tests.casework.handover.conftest import SYSTEM, World, named, person
from tests.casework.identify.conftest import HIYORI, MINASE
from todoke.casework.handover import jobs, queries, services
from todoke.casework.handover.errors import HandoverUnknown, NotHeld, SubstituteUnfit
from todoke.casework.handover.models import Substitute
from todoke.casework.handover.values import HandoverDetail, HandoverState
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

NOBODY = Viewer(MINASE, 9, "無 花", frozenset({Right.VIEW_CASES}), None)
Act = Callable[[Viewer, int, World], HandoverDetail]


def release(viewer: Viewer, row: int, world: World) -> HandoverDetail:
    return services.release_hold(viewer, row, at=world.clock.now)


def substitute(viewer: Viewer, row: int, world: World) -> HandoverDetail:
    return services.choose_substitute(viewer, row, element="𠮷", replacement="吉", at=world.clock.now)


def again(viewer: Viewer, row: int, world: World) -> HandoverDetail:
    return services.hand_over_again(viewer, row, at=world.clock.now)


def held(world: World) -> int:
    world.open(named(0, "𠮷野　花"))
    world.round()
    (row,) = world.rows()
    assert row.hold_code == "CHR-401"
    return row.pk


def refused(world: World) -> int:
    world.open(person(0))
    world.core.faults.arm("refuse_rows", n=1)
    world.round()
    (row,) = world.rows()
    assert row.state == "refused"
    return row.pk


def test_a_substitute_lets_the_row_go_and_the_original_stays(world: World) -> None:  # T02
    row_id = held(world)
    with scope(MINASE):
        detail = substitute(world.clerk("kosodate"), row_id, world)
    assert detail.state is HandoverState.READY
    world.round()
    assert world.states() == ["receipted"]
    (line,) = world.core.log()
    assert world.cases()[0].applicant_name == "𠮷野　花"
    assert line["row_sha256"] == world.rows()[0].row_sha256
    assert "handover.substituted" in world.actions()


def test_the_audit_keeps_no_character_of_a_name(world: World) -> None:
    row_id = held(world)
    with scope(MINASE):
        substitute(world.clerk(), row_id, world)
        for entry in AuditEntry.objects.all():
            assert "𠮷" not in entry.facts
            assert "吉" not in entry.facts


def test_a_substitute_for_another_character_leaves_the_row_held(world: World) -> None:
    world.open(named(0, "𠮷𡈽"))
    world.round()
    (row,) = world.rows()
    with scope(MINASE):
        detail = substitute(world.clerk(), row.pk, world)
    assert (detail.state, detail.unfit) == (HandoverState.HELD, ("𡈽",))
    assert "𡈽" in detail.sentence


@pytest.mark.parametrize(("element", "replacement"), [("𠮷", "𡈽"), ("𠮷", ""), ("𠮷野", "吉野"), ("", "吉"), ("𠮷", "吉" * 17),
                                                      ("𠮷", "\ue000")])  # fmt: skip
def test_a_substitute_must_be_one_that_the_core_can_take(
    world: World, element: str, replacement: str
) -> None:
    row_id = held(world)
    with scope(MINASE):
        with pytest.raises(SubstituteUnfit):
            services.choose_substitute(
                world.clerk(), row_id, element=element, replacement=replacement, at=world.clock.now
            )
        assert Substitute.objects.count() == 0


def test_releasing_without_mending_says_what_is_still_wrong(world: World) -> None:
    row_id = held(world)
    with scope(MINASE):
        detail = release(world.clerk(), row_id, world)
    assert (detail.state, detail.code) == (HandoverState.HELD, "CHR-401")
    assert "申請者氏名" in detail.sentence


def test_after_a_refusal_a_new_row_with_a_new_key_goes(world: World) -> None:  # E08
    row_id = refused(world)
    (case,) = world.cases()
    assert (case.status, case.handover_state, case.hold_code) == ("checking", "refused", "C-900")
    with scope(MINASE):
        assert [one.sentence for one in queries.held(world.clerk())] == ["架空の拒否です"]
        again(world.clerk(), row_id, world)
    world.round()
    first, second = world.rows()
    assert (first.state, second.state) == ("refused", "receipted")
    assert (first.version, second.version) == (1, 2)
    assert world.delivered() == [first.idempotency_key, second.idempotency_key]
    with scope(MINASE, read_only=True):
        assert queries.held(world.clerk()) == []
    jobs.fetch_ledger(MINASE, SYSTEM, world.clerk().actor())
    with scope(MINASE, read_only=True):
        assert queries.reconcile(SYSTEM).is_equal


@pytest.mark.parametrize(("prepared", "act"), [(held, release), (held, substitute), (refused, again)])
class TestWho:
    """The same questions for every act."""

    def test_whoever_lacks_the_right_is_refused(
        self, world: World, prepared: Callable[[World], int], act: Act
    ) -> None:
        row_id = prepared(world)
        with scope(MINASE), pytest.raises(RightMissing):
            act(NOBODY, row_id, world)

    def test_a_row_of_another_section_is_not_found(
        self, world: World, prepared: Callable[[World], int], act: Act
    ) -> None:
        row_id = prepared(world)
        with scope(MINASE), pytest.raises(HandoverUnknown):
            act(world.clerk("kaigo"), row_id, world)

    def test_a_row_of_another_town_is_not_found(
        self, world: World, prepared: Callable[[World], int], act: Act
    ) -> None:
        row_id = prepared(world)
        with scope(HIYORI), pytest.raises(HandoverUnknown):
            act(world.clerk(organisation=HIYORI), row_id, world)

    def test_the_linkage_role_acts_for_the_whole_body(
        self, world: World, prepared: Callable[[World], int], act: Act
    ) -> None:
        row_id = prepared(world)
        with scope(MINASE):
            act(world.linker(), row_id, world)

    def test_the_second_of_two_clerks_is_told_so_and_nothing_is_sent_twice(
        self, world: World, prepared: Callable[[World], int], act: Act
    ) -> None:  # E09
        row_id = prepared(world)
        with scope(MINASE):
            first = act(world.clerk(), row_id, world)
        if first.state is HandoverState.HELD:
            return  # releasing what is not mended may be repeated: it changes nothing
        with scope(MINASE), pytest.raises(NotHeld):
            act(world.linker(), row_id, world)
        world.drain(rounds=3)
        assert len(world.delivered()) == len(set(world.delivered()))

    def test_the_act_stands_in_the_audit_under_the_person(
        self, world: World, prepared: Callable[[World], int], act: Act
    ) -> None:
        row_id = prepared(world)
        with scope(MINASE):
            act(world.clerk(), row_id, world)
            assert AuditEntry.objects.filter(
                actor_kind="staff", actor_id="7", object_kind="handover"
            ).exists()


def test_the_list_of_held_rows_is_that_of_the_sections(world: World) -> None:
    held(world)
    with scope(MINASE, read_only=True):
        assert len(queries.held(world.clerk("kosodate"))) == 1
        assert queries.held(world.clerk("kaigo")) == []
        assert len(queries.held(world.linker())) == 1
        with pytest.raises(RightMissing):
            queries.held(NOBODY)
    with scope(HIYORI, read_only=True):
        assert queries.held(world.clerk(organisation=HIYORI)) == []


def test_stopping_needs_the_right_and_a_known_system(world: World) -> None:
    from todoke.casework.handover.errors import CoreSystemUnknown

    with scope(MINASE):
        with pytest.raises(RightMissing):
            services.stop_handover(world.clerk(), SYSTEM, at=world.clock.now)
        with pytest.raises(CoreSystemUnknown):
            services.stop_handover(world.linker(), "nirvana", at=world.clock.now)
        services.stop_handover(world.linker(), SYSTEM, at=world.clock.now)
        services.stop_handover(world.linker(), SYSTEM, at=world.clock.now)
        assert AuditEntry.objects.filter(action="core_system.stopped").count() == 1
    with scope(HIYORI, read_only=True):
        assert not queries.core_system(SYSTEM).is_stopped
