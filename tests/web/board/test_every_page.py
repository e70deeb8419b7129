"""Every page of the board with an object of its own: each drawing has its table and its file, and axe finds nothing.

Axe looks once at all of them in one document, each with names of its own: one look costs less than seventy. What depends
on the style sheet or on there being one page（contrast, landmarks）is left to test_first_roadmap.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.architecture import objects
from tests.architecture.endpoints import every_endpoint
from tests.casework.identify.conftest import MINASE
from tests.support import desk, programs
from tests.support.rows import AT
from todoke.foundation.accounts.values import Role
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

DRAWING = re.compile(r'<svg (?!class="icon"|[^>]*viewBox="0 0 24 24")')
FILE = re.compile(r'href="[^"]*(\.csv|/gantt\.csv)')
WHY = re.compile(r'href="([^"]*/why/[?]item=[^"]*)"')
NAMED = re.compile(r'\b(id|for|name|headers|aria-labelledby|aria-describedby)="([^"]+)"')
DRAWN = {"gantt", "forecast", "early-start", "loads", "network"}  # with what these tests make


@pytest.fixture
def pages(db: None, var_dir: object) -> Mapping[str, str]:
    """What every address of the board shows to whoever may do everything."""
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)
    client = desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="subete"))
    return dict(_pages(client))


def _pages(client: Client) -> Iterator[tuple[str, str]]:
    for endpoint in every_endpoint():
        if endpoint.namespace != "board":
            continue
        with scope(MINASE):
            made = objects.OF.get(str(endpoint.name), dict)() if endpoint.arguments else {}
        response = client.get(endpoint.url(**made))
        is_page = response.status_code == HTTPStatus.OK and not response.streaming
        if is_page and response["Content-Type"].startswith("text/html"):
            page = response.content.decode()
            yield str(endpoint.name), page
            if endpoint.name == "gantt":
                yield "why", client.get(WHY.findall(page)[0]).content.decode()


@pytest.mark.screen
@pytest.mark.tool("chromium")
def test_every_drawing_has_its_table_and_its_file_and_axe_finds_nothing(pages: Mapping[str, str]) -> None:
    drawn = {name for name, page in pages.items() if DRAWING.search(page)}
    assert drawn >= DRAWN
    assert {name for name in drawn if "<table" not in pages[name]} == set()
    assert {name for name in drawn if not FILE.search(pages[name])} == set()
    assert len(pages) > 50
    assert {"why", "decision", "submissions", "forecast"} <= set(pages)
    assert looked_over(pages) == []


def looked_over(pages: Mapping[str, str]) -> list[str]:
    """What axe says of all of them."""
    together = "".join(f"<section>{apart(name, text)}</section>" for name, text in pages.items())
    off = ("color-contrast", "landmark-unique", "region", "heading-order", "landmark-one-main")
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=programs.require("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(locale="ja-JP")
        page.set_content(f'<!doctype html><html lang="ja"><title>推進</title><main>{together}</main></html>')
        said = Axe().run(page, options={"rules": {one: {"enabled": False} for one in off}}).response
        browser.close()
    return [f"{one['id']}: {node['html'][:160]}" for one in said["violations"] for node in one["nodes"]]


def apart(name: str, text: str) -> str:
    """What a page shows between header and footer, with every name in it made that of this page."""
    shown = text.partition("<main")[2].partition(">")[2].rpartition("</main>")[0]
    return NAMED.sub(
        lambda found: f'{found[1]}="{" ".join(f"{name}-{word}" for word in found[2].split())}"', shown
    )
