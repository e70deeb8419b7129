"""A town with four 課, the person who keeps its plans, one who only reports, and a plan by the guideline of standardisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.casework.identify.conftest import HIYORI, MINASE, NOW
from tests.support import desk
from tests.support.clock import Clock
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.packs.values import EditionRef
from todoke.programme.plans import queries, services
from todoke.programme.plans.values import Choice, Item, ItemField, Plan, PlanKind

STANDARD = "urn:jp:soumu:tejunsho:hyojunka"
FIRST, FORTY = EditionRef(STANDARD, "1.0", 1), EditionRef(STANDARD, "2026-01", 1)
SECTIONS = ("DX推進課", "住民課", "税務課", "福祉課")


@dataclass
class Body:
    """みなせ市 and the persons who work on its plans. Everything it does is in its scope."""

    clock: Clock
    officer: Viewer
    colleague: Viewer
    reporter: Viewer

    def make(self, title: str = "標準化の計画", given: Mapping[str, Sequence[str]] | None = None) -> Plan:
        """A plan by edition 1.0 for two 事務, unless other answers are given."""
        answers = {"scope:business": ("01", "03")} if given is None else given
        with scope(MINASE):
            return services.make_plan(
                self.officer, PlanKind.STANDARDISATION, FIRST, title=title, given=answers, at=self.clock.now
            )

    def item(self, plan: Plan, key: str) -> Item:
        with scope(MINASE, read_only=True):
            found = queries.content(plan).item(key)
        assert found is not None, key
        return found

    def edit(self, item: Item, by: Viewer | None = None, **typed: str) -> Item:
        """Change fields by their names; the version is that of the item given."""
        fields = {ItemField(name): text for name, text in typed.items()}
        with scope(MINASE):
            services.edit_item(
                by or self.officer, item.uuid, version=item.version, typed=fields, at=self.clock.now
            )
            return queries.item(item.uuid)

    def adopt(self, plan: Plan, new: EditionRef = FORTY, **choices: Choice) -> UUID:
        with scope(MINASE):
            sheet = queries.impact_sheet(plan, new, choices=choices)
            return services.adopt_edition(
                self.officer, plan.uuid, new, shown_hash=sheet.hash, choices=choices, at=self.clock.now
            ).uuid  # fmt: skip

    def snapshot(self, plan: Plan) -> bytes:
        with scope(MINASE, read_only=True):
            return queries.snapshot(plan)

    def actions(self) -> list[str]:
        with scope(MINASE, read_only=True):
            rows = AuditEntry.objects.filter(action__startswith="plan.").order_by("pk")
            return list(rows.values_list("action", flat=True))


def appointed(name: str, *roles: Role) -> Viewer:
    staff_id = desk.appoint(MINASE, roles, name=name)
    with scope(MINASE, read_only=True):
        viewer = accounts.viewer(staff_id)
    assert viewer is not None
    return viewer


@pytest.fixture
def body(db: None, var_dir: object, clock: Clock) -> Body:
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
    with scope(MINASE):
        for number, name in enumerate(SECTIONS, start=1):
            organisations.register_section(f"{number:02}", name=name)
    return Body(
        clock,
        appointed("dx-1", Role.PROGRAMME),
        appointed("dx-2", Role.PROGRAMME),
        appointed("torikumi-1", Role.MEASURES),
    )


@pytest.fixture
def plan(body: Body) -> Plan:
    return body.make()
