"""Names, addresses, numbers and serials go through intake, desk and failures; not one of them reaches the log."""

import csv
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.support import desk
from todoke.casework import journey
from todoke.cli import work
from todoke.foundation import logs
from todoke.foundation.accounts.values import Role

from .conftest import MINASE, Towns, bring_in

PERSONAL = ("name", "kana", "address", "serial", "number", "birth")
SHORTEST = 3


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    """Everything that any logger of this process says, at every level, as the product writes it."""
    page = io.StringIO()
    handler = logging.StreamHandler(page)
    handler.setFormatter(logs.formatter("json"))
    root = logging.getLogger()
    levels = {
        name: logging.getLogger(name).level
        for name in ("", "todoke", "django.request", "django.security.csrf")
    }
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield page
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def canaries(world: Path) -> set[str]:
    """What no line may hold: the personal columns of every resident and link, and every 受付番号."""
    found = {one["receipt_number"] for one in json.loads((world / "truth.json").read_text())["packages"]}
    for file in (*world.glob("residents/*.csv"), *world.glob("links/*.csv")):
        for row in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()):
            found |= {
                text for column, text in row.items() if column in PERSONAL and len(text or "") >= SHORTEST
            }
    return found


def test_no_personal_data_reach_the_log(
    heard: io.StringIO, empty_towns: Towns, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = canaries(empty_towns.folder)
    name = max((one for one in marks if not one.isascii()), key=len)

    def fail(*_: object, **__: object) -> int:
        raise ValueError(name)

    bring_in(empty_towns, MINASE, empty_towns.files(MINASE))
    clerk = desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="clerk"))
    look_around(clerk, name)
    broken = tuple(journey.Job(job.name, job.label, fail) for job in journey.JOBS)
    monkeypatch.setattr(journey, "JOBS", broken)
    work.Worker().round()
    monkeypatch.setattr("todoke.web.desk.pages.home.overview_for", fail)
    clerk.raise_request_exception = False
    assert clerk.get("/").status_code == 500

    lines = [json.loads(line) for line in heard.getvalue().splitlines()]
    told = {line["event"] for line in lines}
    assert {"web.answered", "work.job_failed"} <= told, "the log was listened to"
    assert [mark for mark in marks if mark in heard.getvalue()] == []


def look_around(clerk: Client, name: str) -> None:
    """Search for a person, open cases, ask for what is not there."""
    found = clerk.get(reverse("desk:cases"), {"text": name})
    assert found.status_code == 200
    worklist = clerk.get(reverse("desk:cases")).content.decode()
    addresses = {part.split('"')[0] for part in worklist.split('href="/cases/')[1:]}
    for address in sorted(addresses)[:5]:
        clerk.get(f"/cases/{address}")
    clerk.get(f"/{name}/")
    clerk.post(reverse("desk:sign-in"), {"name": name, "password": name})
