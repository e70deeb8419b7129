"""Cases of two sections of a town and of another town, and the clerks who may or may not see them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.casework.identify.applications import Written, job, receive
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE, NOW
from todoke.casework.cases import jobs, queries
from todoke.casework.cases.models import Case
from todoke.casework.identify import jobs as identify
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.procedures import services as procedures

EVERY_RIGHT = frozenset({Right.VIEW_CASES, Right.MOVE_CASES, Right.DECIDE_IDENTITY})
CHILDREN, CARE = "P12", "P20"
Open = Callable[..., list[Case]]


@dataclass(frozen=True, slots=True)
class Clerks:
    """Who looks at みなせ市's cases: the children's section, the care section, the whole town, another town."""

    children: Viewer
    care: Viewer
    town: Viewer
    stranger: Viewer


@pytest.fixture
def clerks(db: None, var_dir: Path, clock: object) -> Clerks:
    """Both towns with a section for children (P12) and one for care (P20) each."""
    sections = {}
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        with scope(code):
            for word, procedure in (("kosodate", CHILDREN), ("kaigo", CARE)):
                section = organisations.register_section(word, name=word)
                procedures.assign_procedure(procedure, section_id=section.id, actor=ACTOR, at=NOW)
                sections[code, word] = section.id
    return Clerks(
        Viewer(MINASE, 1, "子 花", EVERY_RIGHT, frozenset({sections[MINASE, "kosodate"]})),
        Viewer(MINASE, 2, "介 花", EVERY_RIGHT, frozenset({sections[MINASE, "kaigo"]})),
        Viewer(MINASE, 3, "全 花", EVERY_RIGHT, None),
        Viewer(HIYORI, 4, "他 花", EVERY_RIGHT, None),
    )


@pytest.fixture
def open_cases(clerks: Clerks) -> Open:
    """Receive, identify and open applications; returns the cases of みなせ市 (or another body), oldest first."""

    def _open(*applications: Written, organisation: str = MINASE, start: int = 0) -> list[Case]:
        receive(*applications, start=start)
        identify.identify_applications(job(organisation))
        jobs.open_cases(job(organisation))
        return cases(organisation)

    return _open


def cases(organisation: str = MINASE) -> list[Case]:
    with scope(organisation, read_only=True):
        return list(Case.objects.order_by("pk"))


def timeline(case: Case) -> list[tuple[str, str, str]]:
    with scope(case.organisation_id, read_only=True):
        return [(entry.kind.value, entry.from_word, entry.to_word) for entry in queries.timeline(case.pk)]
