"""Drill-down as far as rights go: every level × every object of the roll-up, every role × every page; nobody sees past it."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.programme.rollup.conftest import (
    ACTOR,
    FORTY,
    HAGUMI,
    NATION,
    STANDARD,
    TSUMUGI,
    Country,
    appointed,
    believe,
    register,
    snapshot,
    towns,
)
from tests.support import desk
from todoke.foundation.accounts.rules import RIGHTS_OF
from todoke.foundation.accounts.values import Role
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.rollup import queries, services
from todoke.programme.rollup.rules import enquiries
from todoke.programme.rollup.values import SupportDraft, SupportKind
from todoke.web.board.rights import RIGHT_OF

ONE, TWO = towns(TSUMUGI, 2)
LEVELS = (NATION, TSUMUGI, HAGUMI, ONE, TWO)


@dataclass(frozen=True)
class World:
    """Objects by their page and the level that holds them, and a browser of each level with every role."""

    objects: dict[tuple[str, str], UUID]
    browsers: dict[str, Client]


@pytest.fixture
def world(country: Country) -> World:
    """One town has submitted to its prefecture, which told the nation; it is asked, supported, and published about."""
    at, today = country.clock.now, country.today
    for code in (ONE, TWO):
        register(code, OrganisationKind.MUNICIPALITY, TSUMUGI, at, "いち町" if code == ONE else "に町")
        exchange.introduce(code, TSUMUGI, actor=ACTOR, at=at)
    believe(TSUMUGI, [ONE], at)
    country.arrive(TSUMUGI, [country.submission(snapshot(ONE, FORTY, today))])
    officer = appointed(TSUMUGI, Role.SUPPORT)
    with scope(TSUMUGI):
        services.forward(officer, at=at)
        asked = services.ask(
            officer,
            title="体制を問う",
            text="",
            fields=enquiries.typed("担当課"),
            due_on=today,
            bodies=[ONE],
            at=at,
        )
        draft = SupportDraft(SupportKind.EXPERT, "専門家の派遣", today)
        (support,) = services.enter_support(officer, draft, bodies=[ONE], at=at)
        (held,) = queries.log_of(ONE)
    country.work(TSUMUGI, NATION, ONE)
    file = f"lg_code6,CIOの任命\r\n{ONE},実施\r\n".encode()
    with scope(NATION):
        published = services.take_publication_as(ACTOR, "digital-dashboard", file, as_of=today, at=at)
        (told,) = queries.log_of(ONE)
    found = {
        ("submission", TSUMUGI): held.uuid, ("submission", NATION): told.uuid, ("enquiry", TSUMUGI): asked,
        ("enquiry-csv", TSUMUGI): asked, ("question", ONE): asked, ("support-entry", TSUMUGI): support,
        ("publication", NATION): published.uuid, ("publication-misfits", NATION): published.uuid,
    }  # fmt: skip
    people = {code: desk.appoint(code, list(Role), name=f"all-{code}") for code in LEVELS}
    return World(found, {code: desk.browser(code, staff) for code, staff in people.items()})


def said(client: Client, name: str, **asked: str) -> str:
    answer = client.get(reverse(f"board:{name}"), {"pack": STANDARD} | asked)
    text = b"".join(getattr(answer, "streaming_content", None) or [answer.content]).decode()
    return json.dumps(json.loads(text), ensure_ascii=False) if name.endswith("json") else text


def test_each_level_opens_its_own_copies_and_nobody_elses(world: World) -> None:
    wrong = []
    for (name, holder), uuid in world.objects.items():
        for level, client in world.browsers.items():
            status = client.get(reverse(f"board:{name}", args=[uuid])).status_code
            expected = HTTPStatus.OK if level == holder else HTTPStatus.NOT_FOUND
            wrong += [] if status == expected else [f"{level} {name} of {holder}: {status}"]
    assert not wrong


def test_each_level_sees_in_lists_and_files_what_was_sent_to_it_and_no_more(world: World) -> None:
    name, files = f"{ONE}町", ("submissions", "submissions-csv", "submissions-json")
    for level, client in world.browsers.items():
        has_received = level in (NATION, TSUMUGI)
        for page in files:
            assert (name in said(client, page)) == has_received or level == TSUMUGI, (level, page)
        assert ("専門家の派遣" in said(client, "support")) == (level == TSUMUGI), level
        assert ("体制を問う" in said(client, "enquiries").partition("照会する</h2>")[0]) == (
            level == TSUMUGI
        ), level
    nation = world.browsers[NATION]
    assert name in said(nation, "submissions", within=ONE[:2])
    assert name not in said(nation, "submissions", within="98")
    for page in ("submission-steps", "submission-steps-csv"):
        asked = {"pack": STANDARD, "concept": "01", "within": "98"}
        assert nation.get(reverse(f"board:{page}"), asked).status_code == HTTPStatus.NOT_FOUND, (
            "nothing there"
        )


def test_each_role_opens_the_pages_of_its_rights_and_no_other(world: World) -> None:
    pages = {name: uuid for (name, holder), uuid in world.objects.items() if holder == TSUMUGI}
    listed = (
        "submissions",
        "submissions-figures",
        "publications",
        "enquiries",
        "questions",
        "submit",
        "support",
    )
    wrong = []
    for role in (Role.SUPPORT, Role.PROGRAMME, Role.LEADERSHIP, Role.MEASURES):
        client = desk.browser(TSUMUGI, desk.appoint(TSUMUGI, [role], name=f"only-{role.value}"))
        addresses = {name: reverse(f"board:{name}", args=[uuid]) for name, uuid in pages.items()}
        for name, address in (addresses | {one: reverse(f"board:{one}") for one in listed}).items():
            may = RIGHT_OF[name] in RIGHTS_OF[role]
            status = client.get(address).status_code
            expected = HTTPStatus.OK if may else HTTPStatus.FORBIDDEN
            wrong += [] if status == expected else [f"{role.value} {name}: {status}"]
    assert not wrong
