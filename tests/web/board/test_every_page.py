"""Every page of the board with an object of its own: each drawing has its table and its file, and axe finds nothing.

The pages are made once; axe looks at them without their style sheet, so contrast is left to test_first_roadmap.
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
            yield str(endpoint.name), response.content.decode()


@pytest.mark.screen
@pytest.mark.tool("chromium")
def test_every_drawing_has_its_table_and_its_file_and_axe_finds_nothing(pages: Mapping[str, str]) -> None:
    drawn = {name for name, page in pages.items() if DRAWING.search(page)}
    assert drawn >= DRAWN
    assert {name for name in drawn if "<table" not in pages[name]} == set()
    assert {name for name in drawn if not FILE.search(pages[name])} == set()
    assert len(pages) > 50
    assert looked_over(pages) == []


def looked_over(pages: Mapping[str, str]) -> list[str]:
    """What axe says of each."""
    found = []
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=programs.require("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(locale="ja-JP")
        for name, text in pages.items():
            page.set_content(re.sub(r"<(link|script)[^>]*>(</script>)?", "", text))
            said = Axe().run(page, options={"rules": {"color-contrast": {"enabled": False}}}).response
            found += [f"{name} {one['id']}: {one['nodes'][0]['html'][:160]}" for one in said["violations"]]
        browser.close()
    return found
