"""Who comes out of hostile serials and records: never somebody by chance, and both spellings are kept."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.identify.conftest import ACTOR, AUTH_1, MINASE, NOW
from tests.casework.residents.conftest import load_copy
from tests.hostile.caravan import Caravan, Traveller
from tests.hostile.house import House, links, load_links
from tests.hostile.identities import ANSWERS, MINE, ROWS, Answered, Identity
from tests.hostile.invariants import Passage
from tests.hostile.rows import CANARY
from todoke.casework.identify import queries, services
from todoke.casework.identify.errors import HeaderWrong
from todoke.casework.identify.models import IdentityLink
from todoke.casework.identify.values import LinkKey, LoadKind
from todoke.casework.intake import queries as intake
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

HEADER = "issuer_key,serial,number,number_kind,valid_from,valid_to,reason\n"


@pytest.fixture(scope="module")
def caravan(house_of_module: House) -> Iterator[Caravan[Identity]]:
    """Each row alone: the links and the records of a town are the row's."""
    with Caravan(house_of_module, ROWS, take_in, size=1) as one:
        yield one


def take_in(traveller: Traveller, row: Identity) -> Passage:
    folder = traveller.house.var.parent
    load_links(folder / "links.csv", (*row.links, *links()), NOW - timedelta(hours=2))
    if row.later:
        load_links(folder / "links.csv", (*row.later, *links()), NOW - timedelta(hours=1))
    if row.residents:
        load_copy(folder / "residents.csv", *row.residents)
    return traveller.take_in(row.build(), received_at=NOW)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_comes_out_is_what_the_catalogue_says(row: Identity, caravan: Caravan[Identity]) -> None:
    passage = caravan.of(row)
    with scope(MINASE, read_only=True):
        found = queries.parties(passage.package)
        assert not any(CANARY in entry.facts for entry in AuditEntry.objects.all())
    assert {
        one.role: (one.result.state.value, one.result.number, one.result.code) for one in found
    } == row.found
    spellings = {
        text
        for one in found
        for said in one.comparisons
        for field in said.fields
        for text in (field.stated, field.held)
    }
    assert set(row.kept) <= spellings
    assert passage.holds == {passage.package: row.held}
    caravan.check(row)


def take_in_answer(traveller: Traveller, row: Answered) -> Passage:
    """The answer comes in place of a file; the good package behind it is identified by what was loaded before."""
    folder = traveller.house.var.parent
    load_links(folder / "links.csv", (MINE, *links()), NOW - timedelta(hours=2))
    return traveller.take_in(more=lambda: answered(row, folder / "answer.csv"))


def answered(row: Answered, path: Path) -> None:
    body, profile = row.body, queries.link_profile("serial-links")
    if row.number == "C18":
        profile = profile.model_copy(
            update={"columns": profile.columns.model_copy(update={"organisation": "body"})}
        )
        body = f"body,{HEADER}".encode() + body
    path.write_bytes(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "link_profile", lambda _: profile)
        try:
            report = services.load_links(MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW)
        except HeaderWrong as refusal:
            assert refusal.code == row.code  # noqa: PT017  # which of two refusals it is stands in the row
            assert CANARY not in f"{refusal} {refusal.for_screen()}"  # noqa: PT017  # the same
        else:
            assert not report.is_current
            assert {(bad.code, bad.column) for bad in report.bad} == {(row.code, "organisation")}


@pytest.mark.parametrize("row", ANSWERS, ids=str)
def test_an_answer_that_is_not_for_us_or_no_file_changes_nothing(
    row: Answered, caravan: Caravan[Identity]
) -> None:
    caravan.close()
    with Caravan(caravan.house, [row], take_in_answer) as alone:
        alone.of(row)
        with scope(MINASE, read_only=True):
            key = LinkKey(AUTH_1, "1001")
            assert [link.number for link in queries.link_book([key]).links(key)] == ["77"]
            assert IdentityLink.objects.count() == 1 + 2 * len(links()), (
                "the house's own, and those that replaced them"
            )
        alone.check(row)


def test_C13_a_candidate_is_never_chosen_by_its_name(caravan: Caravan[Identity]) -> None:
    row = next(one for one in ROWS if one.number == "C13" and one.residents)
    application = caravan.of(row).package
    with scope(MINASE, read_only=True):
        (party,) = queries.parties(application)
        candidates = queries.candidates_for(party, intake.application(application))
    assert [(one.number, one.likelihood.value) for one in candidates] == [("77", "strong"), ("78", "weak")]
    assert "氏名または生年月日が合わない" in candidates[1].reasons
    assert party.result.number == ""
