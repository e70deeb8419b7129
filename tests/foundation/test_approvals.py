"""A decision counts once another person confirms exactly what was shown, in time, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Role, RoleGiven
from todoke.foundation.approvals import queries, services
from todoke.foundation.approvals.errors import (
    AloneRefused,
    EnabledByMaker,
    PersonNeeded,
    ProposalClosed,
    ProposalExpired,
    ProposalOpen,
    ReasonMissing,
    SamePerson,
    ShownChanged,
)
from todoke.foundation.approvals.values import Proposal, ProposalState, hash_of_shown
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.organisations.services import register_organisation
from todoke.foundation.organisations.values import OrganisationKind

from .conftest import ACTOR, HIYORI, MINASE, NOW

KIND = "identity.decision"
SHOWN = hash_of_shown({"number": "100001", "candidates": ["a", "b"]})
LATER = NOW + timedelta(hours=1)
Towns = tuple[str, str]


def person(name: str, *roles: Role, town: str = MINASE, by: Actor = ACTOR) -> Actor:
    with scope(town):
        staff_id = accounts.create_staff(
            name, display_name=name, password=None, roles=[RoleGiven(role, None) for role in roles], actor=by, at=NOW
        )  # fmt: skip
    return Actor(ActorKind.STAFF, str(staff_id), "192.0.2.7")


def propose(maker: Actor, *, shown: str = SHOWN, object_id: str = "17", at: object = NOW) -> Proposal:
    return services.propose(
        KIND, object_kind="party", object_id=object_id, shown_hash=shown, reason="窓口で確かめた", actor=maker,
        at=at,  # type: ignore[arg-type]  # moments of this file
    )  # fmt: skip


def confirm(
    proposal: Proposal, checker: Actor, *, shown: str = SHOWN, reason: str = "記録と合う"
) -> Proposal:
    return services.confirm(proposal.id, shown_hash=shown, reason=reason, actor=checker, at=LATER)


def test_another_person_confirms_and_both_reasons_stay(towns: Towns) -> None:
    maker, checker = person("maker"), person("checker")
    with scope(MINASE):
        proposal = propose(maker)
        assert queries.proposal_for(KIND, "party", "17", at=LATER) == proposal
        confirmed = confirm(proposal, checker)
        assert (confirmed.state, confirmed.ended_by) == (ProposalState.CONFIRMED, checker.id)
        assert queries.proposal_for(KIND, "party", "17", at=LATER) is None
        entries = AuditEntry.objects.filter(object_kind="party", object_id="17").order_by("pk")
        assert [(e.action, e.actor_id, e.purpose) for e in entries] == [
            ("approval.proposed", maker.id, "窓口で確かめた"),
            ("approval.confirmed", checker.id, "記録と合う"),
        ]


def test_W22_who_proposed_cannot_confirm(towns: Towns) -> None:
    maker = person("maker")
    with scope(MINASE):
        proposal = propose(maker)
        with pytest.raises(SamePerson):
            confirm(proposal, maker)
        assert queries.open_proposals(KIND, at=LATER) == [proposal]


def test_W22_what_was_shown_must_be_what_is_confirmed(towns: Towns) -> None:
    maker, checker = person("maker"), person("checker")
    with scope(MINASE):
        proposal = propose(maker)
        with pytest.raises(ShownChanged):
            confirm(proposal, checker, shown=hash_of_shown({"number": "100002"}))


@pytest.mark.parametrize("how", ["appointed", "given a role", "given a link", "given a password"])
def test_W22_who_was_enabled_by_the_maker_cannot_confirm_for_a_day(towns: Towns, how: str) -> None:
    maker = person("maker", Role.STAFF_ADMINISTRATION)
    checker = person("checker", by=maker if how == "appointed" else ACTOR)
    acts: dict[str, Callable[[], object]] = {
        "given a role": lambda: accounts.grant_role(
            int(checker.id), RoleGiven(Role.RECEPTION, None), actor=maker, at=NOW
        ),
        "given a link": lambda: audit.record(
            "staff.link_made", object_kind="staff", object_id=checker.id, actor=maker, at=NOW
        ),
        "given a password": lambda: accounts.set_password(int(checker.id), "x" * 20, actor=maker, at=NOW),
    }
    with scope(MINASE):
        acts.get(how, lambda: None)()
        proposal = propose(maker)
        with pytest.raises(EnabledByMaker):
            confirm(proposal, checker)
        a_day_later = NOW + timedelta(hours=25)
        audit.seal(at=a_day_later)
        done = services.confirm(proposal.id, shown_hash=SHOWN, reason="よい", actor=checker, at=a_day_later)
    assert done.state is ProposalState.CONFIRMED


def test_a_command_or_a_worker_is_no_second_person(towns: Towns) -> None:
    with scope(MINASE):
        proposal = propose(person("maker"))
        for actor in (ACTOR, Actor(ActorKind.WORKER, "worker-1")):
            with pytest.raises(PersonNeeded):
                confirm(proposal, actor)


def test_somebody_whose_access_ended_confirms_nothing(towns: Towns) -> None:
    checker = person("checker")
    with scope(MINASE):
        proposal = propose(person("maker"))
        accounts.deactivate_staff(int(checker.id), actor=ACTOR, at=NOW)
        with pytest.raises(PersonNeeded):
            confirm(proposal, checker)


def test_after_72_hours_it_is_over_and_can_be_proposed_again(towns: Towns) -> None:
    maker, checker = person("maker"), person("checker")
    over = NOW + timedelta(hours=72)
    with scope(MINASE):
        proposal = propose(maker)
        with pytest.raises(ProposalExpired) as expired:
            services.confirm(proposal.id, shown_hash=SHOWN, reason="遅い", actor=checker, at=over)
        assert "72時間" in expired.value.for_screen()
        assert queries.open_proposals(at=over) == []
        audit.seal(at=over)
        again = propose(maker, at=over)
        ended = queries.proposal(proposal.id)
        assert ended is not None
        assert ended.state is ProposalState.EXPIRED
        assert again.id != proposal.id


def test_one_decision_about_one_thing_waits_at_a_time(towns: Towns) -> None:
    with scope(MINASE):
        first = propose(person("maker"))
        with pytest.raises(ProposalOpen):
            propose(person("other"))
        assert propose(person("third"), object_id="18").id != first.id


def test_a_proposal_of_other_content_ends_the_older_one(towns: Towns) -> None:
    maker, checker = person("maker"), person("checker")
    with scope(MINASE):
        first = propose(maker)
        second = propose(maker, shown=hash_of_shown({"number": "100009"}))
        with pytest.raises(ProposalClosed):
            confirm(first, checker)
        assert queries.open_proposals(at=LATER) == [second]
        older = queries.proposal(first.id)
        assert older is not None
        assert older.state is ProposalState.OVERTAKEN


def test_confirming_refusing_and_withdrawing_end_it_once(towns: Towns) -> None:
    maker, checker = person("maker"), person("checker")
    ends: list[Callable[[Proposal], Proposal]] = [
        lambda p: confirm(p, checker),
        lambda p: services.refuse(p.id, reason="別人", actor=checker, at=LATER),
        lambda p: services.withdraw(p.id, reason="誤り", actor=maker, at=LATER),
    ]
    with scope(MINASE):
        for end in ends:
            proposal = propose(maker)
            end(proposal)
            for other in ends:
                with pytest.raises(ProposalClosed):
                    other(proposal)


def test_only_the_maker_withdraws_and_only_another_refuses(towns: Towns) -> None:
    maker, checker = person("maker"), person("checker")
    with scope(MINASE):
        proposal = propose(maker)
        with pytest.raises(ProposalClosed):
            services.withdraw(proposal.id, reason="誤り", actor=checker, at=LATER)
        with pytest.raises(SamePerson):
            services.refuse(proposal.id, reason="誤り", actor=maker, at=LATER)


def test_every_step_needs_a_reason(towns: Towns) -> None:
    maker, checker = person("maker"), person("checker")
    with scope(MINASE):
        proposal = propose(maker)
        with pytest.raises(ReasonMissing):
            confirm(proposal, checker, reason="　 ")
        with pytest.raises(ReasonMissing):
            services.refuse(proposal.id, reason="", actor=checker, at=LATER)


def test_a_proposal_of_another_body_is_none_of_ours(towns: Towns) -> None:
    checker = person("checker", town=HIYORI)
    with scope(MINASE):
        proposal = propose(person("maker"))
    with scope(HIYORI), pytest.raises(ProposalClosed):
        confirm(proposal, checker)


def test_a_one_person_office_confirms_alone_and_it_shows(towns: Towns) -> None:
    maker = person("maker")
    with scope(MINASE):
        services.allow_alone(KIND, int(maker.id), actor=ACTOR, at=NOW, reason="担当が一人のため")
        assert queries.may_confirm_alone(KIND, int(maker.id))
        assert not queries.may_confirm_alone("attachment.release", int(maker.id))
        confirm(propose(maker), maker)
        facts = AuditEntry.objects.get(action="approval.confirmed").facts
        assert '"alone":1' in facts
        services.disallow_alone(KIND, int(maker.id), actor=ACTOR, at=NOW, reason="二人になった")
        with pytest.raises(SamePerson):
            confirm(propose(maker), maker)


def test_W22_nobody_allows_it_to_oneself_while_another_could(towns: Towns) -> None:
    admin = person("admin", Role.STAFF_ADMINISTRATION)
    with scope(MINASE):
        services.allow_alone(KIND, int(admin.id), actor=admin, at=NOW, reason="管理者も一人のため")
        services.disallow_alone(KIND, int(admin.id), actor=admin, at=NOW, reason="戻す")
    person("second", Role.SYSTEM_ADMINISTRATION)
    with scope(MINASE), pytest.raises(AloneRefused):
        services.allow_alone(KIND, int(admin.id), actor=admin, at=NOW, reason="自分に")


def test_who_manages_nobody_allows_nothing(towns: Towns) -> None:
    clerk = person("clerk", Role.RECEPTION, Role.DECISION)
    with scope(MINASE):
        for verb in (services.allow_alone, services.disallow_alone):
            with pytest.raises(RightMissing):
                verb(KIND, int(clerk.id), actor=clerk, at=NOW, reason="楽だから")


def test_of_two_who_confirm_at_once_one_wins(committed_database: str, var_dir: object) -> None:
    register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    checkers = [person("checker-1"), person("checker-2")]
    with scope(MINASE):
        proposal = propose(person("maker"))
    together = Barrier(len(checkers))

    def press(checker: Actor) -> str:
        try:
            together.wait(timeout=30)
            with scope(MINASE):
                return confirm(proposal, checker).ended_by
        except TodokeError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(checkers)) as pool:
        answers = list(pool.map(press, checkers))
    assert answers.count("APR-104") == 1
    with scope(MINASE):
        ended = queries.proposal(proposal.id)
        assert ended is not None
        assert ended.ended_by in answers
        assert AuditEntry.objects.filter(action="approval.confirmed").count() == 1
