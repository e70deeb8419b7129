"""The catalogue is whole, and each body decides who answers for what."""

import pytest

from todoke.foundation.fence import scope
from todoke.foundation.organisations.services import register_section
from todoke.foundation.procedures import queries, services
from todoke.foundation.procedures.errors import ProcedureUnknown
from todoke.foundation.procedures.values import ProcedureKind

from .conftest import ACTOR, NOW


def test_the_catalogue_holds_the_31_procedures_and_the_two_of_moving() -> None:
    catalogue = queries.catalogue()
    assert list(catalogue) == [f"P{number:02d}" for number in range(1, 34)]
    groups = [procedure.group for procedure in catalogue.values()]
    assert [groups.count(name) for name in ("子育て関係", "介護関係", "被災者支援関係", "自動車保有関係", "引越し関係")] == [
        15, 11, 1, 4, 2,
    ]  # fmt: skip
    assert catalogue["P32"].name == "転出届"
    assert catalogue["P33"].kind is ProcedureKind.RESERVATION
    assert catalogue["P14"].kind is ProcedureKind.ADVANCE_SUBMISSION
    assert {one.kind for one in catalogue.values()} == set(ProcedureKind)


def test_a_body_names_its_section_and_may_set_its_own_signature_rule(towns: tuple[str, str]) -> None:
    with scope(towns[0]):
        section = register_section("kosodate", name="子育て支援課")
        services.assign_procedure("P01", section_id=section.id, actor=ACTOR, at=NOW)
        services.assign_procedure("P02", section_id=None, actor=ACTOR, at=NOW, needs_signature=True)
        desks = queries.desks()
        assert (desks["P01"].section_id, desks["P01"].needs_signature) == (section.id, True)
        assert desks["P02"].needs_signature
        with pytest.raises(ProcedureUnknown):
            services.assign_procedure("P99", section_id=None, actor=ACTOR, at=NOW)
    with scope(towns[1]):
        assert queries.desks() == {}
