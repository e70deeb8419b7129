"""The worklist as a file: all of it, step by step, in the words of the screen, recorded, and not without limit."""

import csv
import hashlib
import io
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.hostile import texts
from tests.support import desk
from todoke.casework.cases import queries as cases
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import Filters
from todoke.casework.protection.values import CaseProtection
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.models import Section
from todoke.web.desk import list_export
from todoke.web.shared import dates

from .conftest import MINASE, Towns, bring_in

NAMES = ("=HYPERLINK(1)", "＠式　太郎", "霞見里　澄乃", "水瀬　花子", "水瀬　一郎")


@pytest.fixture
def received(empty_towns: Towns, tmp_path: Path) -> Towns:
    """Five applications; two of the names are formulas."""
    files = []
    for number, name in enumerate(NAMES, start=1):
        file = tmp_path / f"26040100000000{number}.zip"
        file.write_bytes(texts.with_applicant("nameKanji", name))
        files.append(file)
    bring_in(empty_towns, MINASE, files)
    return empty_towns


@pytest.fixture
def clerk(received: Towns, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A clerk whose files are made of steps of two lines."""
    monkeypatch.setattr(list_export, "STEP", 2)
    return desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="clerk"))


@pytest.fixture
def viewer(received: Towns) -> Viewer:
    """A colleague of the clerk."""
    staff_id = desk.appoint(MINASE, list(Role), name="colleague")
    with scope(MINASE):
        found = accounts.viewer(staff_id)
    assert found is not None
    return found


def taken(clerk: Client, **filters: str) -> bytes:
    answer = clerk.get(reverse("desk:export-cases"), filters)
    assert answer.status_code == HTTPStatus.OK
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Content-Length" not in answer.headers, (
        "whoever gets less notices, because nothing ends the last chunk"
    )
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streamed answer


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def recorded(action: str) -> AuditEntry:
    with scope(MINASE):
        (entry,) = [one for one in audit.of_object("organisation", MINASE) if one.action == action]
    return entry


def facts(action: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(recorded(action).facts)
    return found


def test_the_file_holds_all_that_the_list_shows_and_no_serial(clerk: Client, viewer: Viewer) -> None:
    header, *rows = lines(taken(clerk))
    with scope(MINASE):
        shown = cases.worklist(viewer).rows
        serial = cases.case_detail(viewer, shown[0].uuid).application.serial
    assert tuple(header) == list_export.HEADER
    assert [row[0] for row in rows] == [one.receipt_number for one in shown]
    assert serial
    assert serial not in str(rows).lower()


def test_the_file_says_what_the_screen_says(clerk: Client, viewer: Viewer) -> None:
    rows = lines(taken(clerk))[1:]
    with scope(MINASE):
        shown = cases.worklist(viewer).rows
    for row, one in zip(rows, shown, strict=True):
        applied = dates.moment_words(one.applied_at) if one.applied_at else ""
        assert row[1:3] == [applied, dates.moment_words(one.received_at)]
        assert row[7:11] == [one.status.label, one.identity.label, one.signature.label, one.handover.label]


def test_the_filters_of_the_list_are_those_of_the_file(clerk: Client) -> None:
    assert lines(taken(clerk, status="completed"))[1:] == []
    assert len(lines(taken(clerk, text="水瀬"))[1:]) == 2
    assert len(lines(taken(clerk, status="opened"))[1:]) == len(lines(taken(clerk))[1:]) == len(NAMES)


def test_X25_whatever_would_be_a_formula_leaves_as_text(clerk: Client, viewer: Viewer) -> None:
    with scope(MINASE):
        section = Section.objects.create(organisation_id=MINASE, code="x", name="+SUM(A1)")
        Case.objects.update(section=section)
    rows = lines(taken(clerk))[1:]
    assert {"'=HYPERLINK(1)", "'＠式　太郎"} <= {row[5] for row in rows}
    assert {row[4] for row in rows} == {"'+SUM(A1)"}
    assert not any(cell[:1] in "=+-@＝＋－＠" for row in rows for cell in row if cell)


def test_a_protected_person_is_in_no_file_whoever_asks(clerk: Client, viewer: Viewer) -> None:
    with scope(MINASE):
        row = cases.worklist(viewer).rows[-1]
        Case.objects.filter(pk=row.id).update(protection=CaseProtection.PROTECTED.value)
    numbers = {line[0] for line in lines(taken(clerk))[1:]}
    assert row.receipt_number not in numbers
    assert len(numbers) == len(NAMES) - 1


def test_a_file_is_recorded_before_it_leaves_and_counted_when_it_has_left(clerk: Client) -> None:
    content = taken(clerk, text="水瀬", status="opened")
    begun, ended = facts("cases.exported"), facts("cases.export_ended")
    assert begun == {"filters": "status=opened", "searched": 1}
    assert ended == {**begun, "found": 2, "whole": 1, "sha256": hashlib.sha256(content).hexdigest()}


def test_a_file_that_is_not_taken_to_its_end_is_recorded_as_a_part(clerk: Client, viewer: Viewer) -> None:
    with scope(MINASE):
        pieces = list_export.begin(viewer, Filters(), actor=viewer.actor(), at=now())
    assert [next(pieces).count(b"\r\n") for _ in range(3)] == [1, 2, 2]
    pieces.close()  # as the server does when a browser goes away
    ended = facts("cases.export_ended")
    assert (ended["found"], ended["whole"]) == (4, 0)


def test_W23_more_lines_than_one_person_may_take_lead_to_a_request_before_anything_leaves(
    clerk: Client,
) -> None:
    with override_settings(TODOKE_EXPORT_ALONE_LINES=4):
        assert "一人で保存できるのは4件まで" in clerk.get(reverse("desk:cases")).content.decode()
        answer = clerk.get(reverse("desk:export-cases"))
        narrowed = lines(taken(clerk, text="水瀬"))
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].startswith(reverse("desk:ask-export"))
    assert len(narrowed) == 3
    assert facts("cases.exported")["searched"] == 1, "only the second one has left"


def test_whether_a_list_is_longer_is_known_for_searches_too(viewer: Viewer) -> None:
    with scope(MINASE):
        for most in range(4):
            assert cases.has_more_than(viewer, Filters(text="水瀬"), most) is (most < 2)
            assert cases.has_more_than(viewer, Filters(), most)
        assert not cases.has_more_than(viewer, Filters(), len(NAMES))


def test_a_search_that_the_list_refuses_makes_no_file(clerk: Client) -> None:
    answer = clerk.get(reverse("desk:export-cases"), {"text": "山"})
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].startswith(reverse("desk:cases"))
