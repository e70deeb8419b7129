"""Who comes out of hostile serials and records: never somebody by chance, and both spellings are kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.identify.applications import job, receive
from tests.casework.identify.conftest import ACTOR, MINASE, NOW, LoadFile
from tests.casework.identify.conftest import bodies as bodies
from tests.casework.residents.conftest import Load
from tests.casework.residents.conftest import load_residents as load_residents
from tests.hostile.identities import ANSWERS, MINE, ROWS, Answered, Identity
from tests.hostile.rows import CANARY
from tests.support.clock import Clock
from todoke.casework.cases import jobs as cases
from todoke.casework.cases.models import Case
from todoke.casework.handover import jobs as handover
from todoke.casework.handover import services as handover_services
from todoke.casework.handover.values import AdapterKind, CoreSettings
from todoke.casework.identify import jobs, queries, services
from todoke.casework.identify.errors import HeaderWrong
from todoke.casework.identify.models import IdentityLink, PartyRow
from todoke.casework.identify.values import LinkKey, LoadKind, Party
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

HEADER = "issuer_key,serial,number,number_kind,valid_from,valid_to,reason\n"


@pytest.fixture
def core(bodies: None, tmp_path: Path) -> None:
    """A core system that takes the procedure and asks for the applicant's number."""
    with scope(MINASE):
        handover_services.register_core_system(
            "core", profile="sample-core", adapter=AdapterKind.FOLDER,
            settings=CoreSettings(folder=str(tmp_path), poll_seconds=1.0, resend_seconds=60.0), actor=ACTOR, at=NOW,
        )  # fmt: skip


def parties() -> list[Party]:
    with scope(MINASE, read_only=True):
        (application,) = set(PartyRow.objects.values_list("application_id", flat=True))
        return queries.parties(application)


@pytest.mark.usefixtures("core")
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_comes_out_is_what_the_catalogue_says(
    row: Identity, load_residents: Load, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    load = LoadFile(tmp_path)
    load(*row.links, at=NOW - timedelta(hours=2))
    if row.later:
        load(*row.later, at=NOW - timedelta(hours=1))
    if row.residents:
        load_residents(*row.residents)
    receive(row.written)
    assert jobs.identify_applications(job()) == 1
    found = parties()
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
    assert cases.open_cases(job()) == 1
    handover.prepare(job())
    with scope(MINASE, read_only=True):
        case = Case.objects.get()
        assert (case.handover_state, case.hold_code) == (("held", row.held) if row.held else ("waiting", ""))
        assert audit.verify().is_whole
        assert not any(CANARY in entry.facts for entry in AuditEntry.objects.all())
    assert CANARY not in caplog.text


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize("row", ANSWERS, ids=str)
def test_an_answer_that_is_not_for_us_or_no_file_changes_nothing(
    row: Answered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    LoadFile(tmp_path)(MINE)
    path = tmp_path / "answer.csv"
    body = row.body
    if row.number == "C18":
        profile = queries.link_profile("serial-links")
        columns = profile.columns.model_copy(update={"organisation": "body"})
        monkeypatch.setattr(
            queries, "link_profile", lambda _: profile.model_copy(update={"columns": columns})
        )
        body = f"body,{HEADER}".encode() + body
    path.write_bytes(body)
    try:
        report = services.load_links(MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW)
    except HeaderWrong as refusal:
        assert refusal.code == row.code  # noqa: PT017  # which of two refusals it is stands in the row
        assert CANARY not in f"{refusal} {refusal.for_screen()}"  # noqa: PT017  # the same
    else:
        assert not report.is_current
        assert {(bad.code, bad.column) for bad in report.bad} == {(row.code, "organisation")}
    with scope(MINASE, read_only=True):
        key = LinkKey("aa" * 20, "1001")
        assert [link.number for link in queries.link_book([key]).links(key)] == ["77"]
        assert IdentityLink.objects.count() == 1
    assert CANARY not in caplog.text


def test_C13_a_candidate_is_never_chosen_by_its_name(
    load_residents: Load, tmp_path: Path, clock: Clock
) -> None:
    row = next(one for one in ROWS if one.number == "C13" and one.residents)
    LoadFile(tmp_path)(*row.links)
    load_residents(*row.residents)
    receive(row.written)
    jobs.identify_applications(job())
    with scope(MINASE, read_only=True):
        (party,) = parties()
        from todoke.casework.intake import queries as intake

        candidates = queries.candidates_for(party, intake.application(party.application_id))
    assert [(one.number, one.likelihood.value) for one in candidates] == [("77", "strong"), ("78", "weak")]
    assert "氏名または生年月日が合わない" in candidates[1].reasons
    assert party.result.number == ""
