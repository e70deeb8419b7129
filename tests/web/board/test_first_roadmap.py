"""In a real browser: a new town gets its first roadmap from the packs in ten minutes' worth of clicks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.db import connection
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings

from tests.support import desk, programs
from tests.support.clock import START
from todoke.cli import processes
from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Role
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

pytestmark = [pytest.mark.screen, pytest.mark.tool("chromium")]
TOWN = "992011"
SECONDS_A_CLICK = 20  # to read a page, think, and click or type
TEN_MINUTES = 600


@dataclass
class Hand:
    """The officer's hand: every click and every word typed is counted."""

    page: Page
    acts: int = 0

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]  # any role by its name
        self.acts += 1

    def check(self, label: str) -> None:
        self.page.get_by_label(label).first.check()
        self.acts += 1

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)
        self.acts += 1


@pytest.fixture
def town(
    committed_database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, var_dir: Path
) -> Iterator[tuple[str, str]]:
    """A town of which only the name and the 課 are known: the address of its board and a link to sign in by."""
    offset = (START - datetime.now(UTC)).total_seconds()
    settings.TODOKE_CLOCK_OFFSET_SECONDS = offset
    monkeypatch.setenv("TODOKE_CLOCK_OFFSET_SECONDS", str(offset))
    Path(django_settings.TODOKE_MASTER_KEY_FILE).parent.mkdir(parents=True, exist_ok=True)
    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=now())
    with scope(TOWN):
        for number, name in enumerate(("DX推進課", "住民課", "税務課", "福祉課"), start=1):
            organisations.register_section(f"{number:02}", name=name)
    staff_id = desk.appoint(TOWN, [Role.PROGRAMME], name="dx")
    link = accounts.one_time_link("sign-in", at=now(), staff_id=staff_id, organisation=TOWN)
    connection.close()
    port = processes.free_port()
    server = processes.start_web("127.0.0.1", port)
    try:
        assert processes.wait_until_listening("127.0.0.1", port, server)
        yield f"http://127.0.0.1:{port}", link
    finally:
        processes.stop([server])


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def test_a_new_town_gets_its_first_roadmap_from_the_packs_in_ten_minutes_worth_of_clicks(
    town: tuple[str, str],
) -> None:
    address, link = town
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=programs.require("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = browser.new_context(base_url=address, locale="ja-JP", java_script_enabled=False)
        page = context.new_page()
        page.goto(f"/sign-in/{link}/")
        page.get_by_role("button", name="サインインする").click()
        hand = Hand(page)
        plan = _first_plan(hand)
        assert hand.acts * SECONDS_A_CLICK <= TEN_MINUTES, f"{hand.acts} clicks"
        assert page.get_by_role("heading", name="取組（").inner_text() != "取組（0件）"
        hand.click("link", "ロードマップ")
        assert page.locator("main table").count() > 0, "a roadmap that is a table without JavaScript"
        assert (
            _looked_over(
                browser.new_context(base_url=address, storage_state=context.storage_state()).new_page(), plan
            )
            == []
        )
        browser.close()


def _first_plan(hand: Hand) -> str:
    """From the menu to the plan; returns its address."""
    hand.click("link", "計画")
    hand.click("link", "最初の計画を作る")
    hand.page.get_by_role("radio", name="標準化・共通化").first.check()
    hand.acts += 1
    hand.fill("計画の名前", "標準化・共通化の計画")
    hand.click("button", "質問に進む")
    for _ in range(4):
        hand.click("button", "次へ")
    hand.click("button", "計画を作る")
    hand.page.get_by_text("を作りました").wait_for()
    return hand.page.url


def _looked_over(page: Page, plan: str) -> list[str]:
    """What axe finds on the pages of the board, with JavaScript."""
    found = []
    paths = (
        "",
        "changes/",
        "arrangements/",
        "progress/",
        "matrix/",
        "report/",
        "editions/",
        "edit/",
        "items/new/",
    )
    others = ("/board/plans/", "/board/plans/new/", "/board/indicators/", "/board/indicators/paper/",
              "/board/steps/", "/board/steps/survey/new/",
              "/board/steps/workshops/new/", "/board/steps/assessment/new/", f"/board/survey/{TOWN}/")  # fmt: skip
    for path in (*(f"{plan}{one}" for one in paths), *others):
        page.goto(path)
        found += violations(page)
    page.goto(plan)
    page.locator("tbody th a").first.click()
    page.get_by_role("heading", name="変更の記録").wait_for()
    return found + violations(page)
